"""The encoder as a torch module: the first layers of the public network, and a head for each thing it must tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from designer.encoder.weights import PublicWeights


class Layer(nn.Module):
    """One transformer layer (Vaswani et al., 2017), norms behind the sums as in BERT."""

    def __init__(self, weights: PublicWeights, number: int) -> None:
        super().__init__()
        hidden, inner = weights.hidden, weights.inner
        self.heads = weights.heads

        def linear(name: str, columns: int, rows: int) -> nn.Linear:
            made = nn.Linear(columns, rows)
            made.weight.data = torch.tensor(weights.matrix(f"l{number}.{name}.w", columns))
            made.bias.data = torch.tensor(weights.floats(f"l{number}.{name}.b"))
            return made

        def norm(name: str) -> nn.LayerNorm:
            made = nn.LayerNorm(hidden, eps=weights.epsilon)
            made.weight.data = torch.tensor(weights.floats(f"l{number}.{name}.w"))
            made.bias.data = torch.tensor(weights.floats(f"l{number}.{name}.b"))
            return made

        self.query, self.key, self.value = (linear(one, hidden, hidden) for one in "qkv")
        self.out = linear("ao", hidden, hidden)
        self.wide, self.narrow = linear("fi", hidden, inner), linear("fo", inner, hidden)
        self.norm_attention, self.norm_out = norm("aln"), norm("oln")

    def forward(self, x: Tensor, mask: Tensor, drop: float) -> Tensor:
        batch, length, hidden = x.shape

        def split(one: Tensor) -> Tensor:
            return one.view(batch, length, self.heads, hidden // self.heads).transpose(1, 2)

        query, key, value = split(self.query(x)), split(self.key(x)), split(self.value(x))
        scores = query @ key.transpose(-1, -2) / (hidden // self.heads) ** 0.5 + mask
        mixed = (scores.softmax(-1) @ value).transpose(1, 2).reshape(batch, length, hidden)
        x = self.norm_attention(x + functional.dropout(self.out(mixed), drop, self.training))
        inner = self.narrow(functional.gelu(self.wide(x)))
        return self.norm_out(x + functional.dropout(inner, drop, self.training))


class Encoder(nn.Module):
    """Embedded pieces in, one vector a sentence out (mean over its pieces). Word embeddings stay as they are."""

    def __init__(self, weights: PublicWeights, layers: int) -> None:
        super().__init__()
        self.hidden = weights.hidden
        self.positions = nn.Parameter(
            torch.tensor(weights.floats("emb.pos").reshape(-1, weights.hidden)[:128]), requires_grad=False
        )
        kind = weights.floats("emb.type").reshape(-1, weights.hidden)[0]
        self.kind = nn.Parameter(torch.tensor(kind), requires_grad=False)
        self.norm = nn.LayerNorm(weights.hidden, eps=weights.epsilon)
        self.norm.weight.data = torch.tensor(weights.floats("emb.ln.w"))
        self.norm.bias.data = torch.tensor(weights.floats("emb.ln.b"))
        self.layers = nn.ModuleList(Layer(weights, number) for number in range(layers))

    def forward(self, embedded: Tensor, present: Tensor, drop: float = 0.0) -> Tensor:
        """`embedded`: batch x pieces x 384; `present`: batch x pieces, 1 where a piece is."""
        x = self.norm(embedded + self.positions[: embedded.shape[1]] + self.kind)
        return _through(self.layers, x, present, drop)


class Last(nn.Module):
    """The last layers alone: what the layers before them made of each piece in, one vector a sentence out."""

    def __init__(self, layers: Iterable[Layer]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, middle: Tensor, present: Tensor, drop: float = 0.0) -> Tensor:
        """`middle`: batch x pieces x 384; `present` as in Encoder."""
        return _through(self.layers, middle, present, drop)


def _through(layers: nn.ModuleList, x: Tensor, present: Tensor, drop: float) -> Tensor:
    mask = (1.0 - present[:, None, None, :]) * -1e4
    for layer in layers:
        x = layer(x, mask, drop)
    weight = present[..., None]
    mean: Tensor = (x * weight).sum(1) / weight.sum(1)
    return mean


class Heads(nn.Module):
    """A linear map of the vector for each named output."""

    def __init__(self, hidden: int, sizes: Mapping[str, int]) -> None:
        super().__init__()
        self.maps = nn.ModuleDict({name: nn.Linear(hidden, size) for name, size in sizes.items()})

    def forward(self, vector: Tensor, drop: float = 0.1) -> dict[str, Tensor]:
        vector = functional.dropout(vector, drop, self.training)
        return {name: one(vector) for name, one in self.maps.items()}


def arrays(module: nn.Module) -> dict[str, Any]:
    """Every tensor as numpy, for the export."""
    return {name: np.asarray(value.detach().cpu().float()) for name, value in module.state_dict().items()}
