"""The known questions' own last layers, taught apart over what the exported encoder has in the middle.

Taught together, the known questions lost what watchers gained (docs/reports/encoder.md). Apart, neither pays, and entries of
data/knowledge that are younger than the encoder need five minutes instead of half an hour: `make encoder ARGS=--questions`.
The other heads are left as they are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from bot.encoder.encoder import ASKING, GRAPH, HEADS, SEEN, Encoder, read_manifest
from bot.intent.syllables import syllables
from designer.encoder.examples import Example
from designer.encoder.export import export_asking, write_heads, write_manifest
from designer.encoder.figures import question_figures
from designer.encoder.fine_tune import SHAPE
from designer.encoder.fingerprint import sentence_prints
from designer.encoder.mix import question_temperature
from designer.encoder.network import Last, Layer
from designer.encoder.noise import Noise
from designer.encoder.weights import PublicWeights

MIDDLE = "middle"
_WHOLE = "question.weight", "question.bias"


@dataclass(frozen=True)
class AskingPlan:
    """How long and how fast. `layers`: the last ones that are taught apart, the others are shared."""

    layers: int = 2
    epochs: int = 4
    batch: int = 64
    rate: float = 3e-4
    head_rate: float = 1e-3
    warm_up: int = 100
    drop: float = 0.1
    smoothing: float = 0.1
    times: int = 2
    """Passes a round over a way of asking, and over an answer to the bot that asks nothing."""
    ordinary: int = 8000
    """Sentences of data/nlu that ask none of them."""
    seed: int = 0


class Tuner:
    """`run()` teaches the last layers and the head of the known questions."""

    def __init__(
        self, folder: Path, examples: Sequence[Example], plan: AskingPlan, say: Callable[[str], None]
    ) -> None:
        """`folder`: a whole data/encoder; the layers begin as its graph has them, the head as its head is."""
        torch.manual_seed(plan.seed)
        self.plan, self._say, self._random = plan, say, Random(plan.seed)
        self._encoder = Encoder(folder)
        self.entries = sorted({e.question for e in examples if e.question})
        self._places = {entry: place for place, entry in enumerate(self.entries)} | {"": len(self.entries)}
        self._train = self._taught(examples)
        self._kept: dict[str, Any] = dict.fromkeys(e.text for e in self._train)
        self._noise = Noise(syllables(), (e.text for e in self._train), self._random)
        self.last = last_layers(folder, plan.layers)
        self.head = nn.Linear(PublicWeights().hidden, len(self.entries) + 1)
        self._begin_head(folder)

    def _taught(self, examples: Sequence[Example]) -> list[Example]:
        told = [e for e in examples if not e.apart and e.question is not None]
        plain = [e for e in told if e.intent]
        self._random.shuffle(plain)
        labelled = [e for e in told if not e.intent]
        return [*(e for e in labelled for _ in range(self.plan.times)), *plain[: self.plan.ordinary]]

    def _begin_head(self, folder: Path) -> None:
        with np.load(folder / HEADS, allow_pickle=False) as kept:
            weights, biases = (torch.tensor(kept[name]) for name in _WHOLE)
        old = {entry: place for place, entry in enumerate(self._encoder.questions)} | {"": len(biases) - 1}
        for entry, place in self._places.items():
            if entry in old:
                self.head.weight.data[place] = weights[old[entry]]
                self.head.bias.data[place] = biases[old[entry]]

    def run(self) -> None:
        """All epochs; the rate rises for `warm_up` steps and falls to zero."""
        plan = self.plan
        optimiser = torch.optim.AdamW(
            [
                {"params": self.last.parameters(), "lr": plan.rate},
                {"params": self.head.parameters(), "lr": plan.head_rate},
            ],
            weight_decay=0.01,
        )
        steps = plan.epochs * (len(self._train) // plan.batch + 1)
        began, step, total = time.monotonic(), 0, 0.0
        for _ in range(plan.epochs):
            self.last.train()
            for batch in self._batches():
                factor = min(1.0, step / plan.warm_up) * max(0.0, 1 - step / (steps + 20))
                for group, rate in zip(optimiser.param_groups, (plan.rate, plan.head_rate), strict=True):
                    group["lr"] = rate * factor
                loss = self._loss(batch)
                optimiser.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(self.last.parameters(), 1.0)
                optimiser.step()
                total += loss.item()
                step += 1
                if step % 100 == 0:
                    self._say(f"  {step}/{steps}  loss {total / 100:.3f}  {time.monotonic() - began:.0f} s")
                    total = 0.0
        self.last.eval()

    def _batches(self) -> Iterator[list[tuple[str, int]]]:
        read = [
            (self._noise.changed(e.text, issue=False), self._places[str(e.question)]) for e in self._train
        ]
        self._random.shuffle(read)
        size, batches = self.plan.batch, []
        for start in range(0, len(read), size * 50):
            part = sorted(read[start : start + size * 50], key=lambda one: len(one[0]))
            batches += [part[i : i + size] for i in range(0, len(part), size)]
        self._random.shuffle(batches)
        yield from batches

    def _loss(self, batch: Sequence[tuple[str, int]]) -> Tensor:
        middle, present = self._middle([text for text, _ in batch])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            vector = self.last(middle, present, self.plan.drop).float()
        scores = self.head(functional.dropout(vector, self.plan.drop, training=True))
        true = torch.tensor([place for _, place in batch])
        return functional.cross_entropy(scores, true, label_smoothing=self.plan.smoothing)

    def _middle(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """As Encoder.middle; sentences without noise are read once and kept in half precision."""
        new = [one for one in dict.fromkeys(texts) if self._kept.get(one) is None]
        read: dict[str, Any] = {}
        if new:
            rows, places = self._encoder.middle(new)
            lengths = places.sum(1).astype(int)
            read = {
                one: row[:length].astype(np.float16)
                for one, row, length in zip(new, rows, lengths, strict=True)
            }
            self._kept |= {one: row for one, row in read.items() if one in self._kept}
        found = [read[one] if one in read else self._kept[one] for one in texts]
        longest = -(-max(map(len, found)) // SHAPE) * SHAPE
        middle = torch.zeros(len(found), longest, found[0].shape[1])
        present = torch.zeros(middle.shape[:2])
        for place, row in enumerate(found):
            middle[place, : len(row)] = torch.tensor(row)
            present[place, : len(row)] = 1.0
        return middle, present


def teach_questions(
    folder: Path, examples: Sequence[Example], plan: AskingPlan, say: Callable[[str], None]
) -> dict[str, Any]:
    """Teach them, write the files of `folder` that change, its manifest last; the figures on ways of asking kept apart."""
    tuner = Tuner(folder, examples, plan, say)
    tuner.run()
    facts = read_manifest(folder)
    export_asking(tuner.last, folder / ASKING)
    _write_head(tuner.head, folder / HEADS)
    seen = np.load(folder / SEEN, allow_pickle=False)
    asked = [e for e in examples if e.question]
    np.save(folder / SEEN, np.union1d(seen, sentence_prints(e.text for e in asked)))
    facts["questions"] = {"entries": tuner.entries, "temperature": 1.0, "plan": asdict(plan)}
    write_manifest(folder, facts)
    facts["questions"]["temperature"] = question_temperature(Encoder(folder), examples)
    write_manifest(folder, facts)
    encoder, apart = Encoder(folder), [e for e in examples if e.apart and e.question is not None]
    figures = question_figures(encoder, apart, [encoder.encode(e.text) for e in apart])
    facts.setdefault("figures", {})["question"] = figures
    write_manifest(folder, facts)
    return figures


def _write_head(head: nn.Linear, file: Path) -> None:
    with np.load(file, allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in kept.files}
    arrays |= dict(zip(_WHOLE, (one.detach().numpy() for one in (head.weight, head.bias)), strict=True))
    write_heads(arrays, file)


def add_middle(file: Path, layers: int) -> None:
    """Let the exported graph also tell what its last `layers` layers read, as the output `middle`."""
    model = onnx.load(str(file))
    whole = _layer_count(model)
    end = next(
        one
        for one in model.graph.node
        if one.op_type == "LayerNormalization"
        and one.name.startswith(f"/layers.{whole - layers - 1}/norm_out/")
    )
    kept = [one for one in model.graph.output if one.name != MIDDLE]
    shape = ["sentences", "pieces", PublicWeights().hidden]
    told = onnx.helper.make_tensor_value_info(MIDDLE, onnx.TensorProto.FLOAT, shape)
    same = [one for one in model.graph.node if one.name != MIDDLE]
    same.append(onnx.helper.make_node("Identity", [end.output[0]], [MIDDLE], name=MIDDLE))
    del model.graph.output[:], model.graph.node[:]
    model.graph.output.extend([*kept, told])
    model.graph.node.extend(same)
    onnx.save(model, str(file))


def last_layers(folder: Path, layers: int) -> Last:
    """The last layers of the exported graph as a torch module, with the numbers that their bytes stand for."""
    model = onnx.load(str(folder / GRAPH))
    whole, weights = _layer_count(model), PublicWeights()
    told = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type != "MatMulInteger":
            continue
        name = node.name.removeprefix("/").partition("/MatMul")[0].replace("/", ".")
        zero = told[node.input[3]].astype(np.float32) if len(node.input) > 3 else np.float32(0)
        numbers = told[node.input[1]].astype(np.float32) - zero
        told[f"{name}.weight"] = (numbers * told[node.input[1].replace("_quantized", "_scale")]).T
    made = [Layer(weights, number) for number in range(whole - layers, whole)]
    for number, layer in enumerate(made, whole - layers):
        state = {name: torch.tensor(told[f"layers.{number}.{name}"]) for name in layer.state_dict()}
        layer.load_state_dict(state)
    return Last(deepcopy(made))


def _layer_count(model: Any) -> int:
    return 1 + max(
        int(one.name.split(".")[1]) for one in model.graph.initializer if one.name.startswith("layers.")
    )
