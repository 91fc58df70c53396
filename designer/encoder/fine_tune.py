"""Fine-tuning on data/ with several heads at once. Two CPU cores, bfloat16, twenty minutes for six layers.

Heads: intent; mood (one number, 0 calm to 1 furious); watchers (seven yes-or-no outputs); command (which kinds of commands are
meant, given the open question and the order situation). A sentence teaches the heads whose labels it carries.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from bot.encoder.reading import WATCHERS
from bot.encoder.tokens import Tokens
from bot.intent.augmentation import NOT_AUGMENTED
from bot.intent.categories import category_of
from bot.intent.syllables import syllables
from designer.encoder.examples import HARDLY, Example
from designer.encoder.network import Encoder, Heads
from designer.encoder.noise import Noise
from designer.encoder.weights import PublicWeights

MOST_PIECES = 64
SHAPE = 4
"""Batches are as long as a multiple of this: every new shape costs a compilation of its kernels."""
HEADS = ("intent", "question", "mood", "watch", "command")
CONTEXT = 24
"""Numbers for the open question and the order situation each, in the command head."""


@dataclass(frozen=True)
class Plan:
    """How long, how fast and how much each head counts."""

    layers: int = 6
    epochs: int = 3
    batch: int = 64
    rate: float = 3e-4
    head_rate: float = 1e-3
    warm_up: int = 300
    """Steps, and at most a tenth of all."""
    drop: float = 0.1
    smoothing: float = 0.1
    mood: float = 1.3
    watch: float = 1.3
    command: float = 0.2
    question: float = 0.35
    times: int = 3
    """Passes a round over what is labelled for mood, watchers and commands: a tenth of all sentences."""
    asked_times: int = 2
    """... over the known questions."""
    seed: int = 0
    part: float = 1.0
    """Share of the training sentences used, for a learning curve."""
    without: tuple[str, ...] = ()
    """Heads that are not taught, of HEADS: what is each good for?"""

    def counts(self, head: str) -> float:
        """How much a head's loss counts."""
        return 0.0 if head in self.without else float(getattr(self, head, 1.0))


class Network(nn.Module):
    """Encoder, heads, and the tables of what the command head knows beside the sentence."""

    def __init__(
        self,
        weights: PublicWeights,
        plan: Plan,
        *,
        intents: int,
        questions: int,
        asked: int,
        situations: int,
        kinds: int,
    ) -> None:
        super().__init__()
        self.encoder = Encoder(weights, plan.layers)
        sizes = {"intent": intents, "mood": 1, "watch": len(WATCHERS), "question": questions + 1}
        self.heads = Heads(weights.hidden, sizes)
        self.asked, self.situation = nn.Embedding(asked, CONTEXT), nn.Embedding(situations, CONTEXT)
        self.command = nn.Sequential(
            nn.Linear(weights.hidden + 2 * CONTEXT, 128), nn.GELU(), nn.Linear(128, kinds)
        )

    def commands(self, vector: Tensor, asked: Tensor, situation: Tensor) -> Tensor:
        known = torch.cat([vector, self.asked(asked), self.situation(situation)], 1)
        result: Tensor = self.command(known)
        return result


class Labels:
    """Names of the outputs, and examples as numbers."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.intents = sorted({e.intent for e in examples if e.intent})
        self.questions = sorted({e.question for e in examples if e.question})
        self.asked = sorted({e.command[0] for e in examples if e.command})
        self.situations = sorted({e.command[1] for e in examples if e.command})
        self.kinds = sorted({kind for e in examples if e.command for kind in e.command[2]})

    def targets(self, examples: Sequence[Example]) -> dict[str, Tensor]:
        """Arrays for a batch; a weight of 0 where a head has nothing to learn."""
        intent = torch.tensor([self.intents.index(e.intent) if e.intent else -1 for e in examples])
        places = {entry: place for place, entry in enumerate(self.questions)} | {"": len(self.questions)}
        question = torch.tensor([-1 if e.question is None else places[e.question] for e in examples])
        mood = torch.tensor([-1.0 if e.mood is None else e.mood for e in examples])
        watch = torch.tensor([[e.watched.get(w, -1.0) for w in WATCHERS] for e in examples])
        trust = torch.tensor([e.trust for e in examples])
        hardly = torch.tensor([[HARDLY if w in e.hardly else 1.0 for w in WATCHERS] for e in examples])
        has = torch.tensor([e.command is not None for e in examples])
        asked = torch.tensor([self.asked.index(e.command[0]) if e.command else 0 for e in examples])
        situation = torch.tensor([self.situations.index(e.command[1]) if e.command else 0 for e in examples])
        kinds = torch.tensor(
            [[float(e.command is not None and kind in e.command[2]) for kind in self.kinds] for e in examples]
        )
        return {
            "intent": intent,
            "question": question,
            "mood": mood,
            "watch": watch,
            "trust": trust,
            "hardly": hardly,
            "has": has,
            "asked": asked,
            "situation": situation,
            "kinds": kinds,
        }


_SAMPLE = 5


def _times(example: Example, plan: Plan) -> int:
    """Passes a round over an example."""
    return 1 if example.intent else plan.asked_times if example.question else plan.times


def _taught(examples: Sequence[Example], plan: Plan) -> list[Example]:
    """What is not kept apart, or a share of it: the same one for every seed."""
    inside = [e for e in examples if not e.apart]
    if plan.part >= 1:
        return inside
    chosen = sorted(Random(_SAMPLE).sample(range(len(inside)), round(plan.part * len(inside))))
    return [inside[i] for i in chosen]


class Tuner:
    """`run()` trains; `vectors(texts)` asks the network as it stands."""

    def __init__(
        self,
        weights: PublicWeights,
        tokens: Tokens,
        embeddings: Any,
        examples: Sequence[Example],
        plan: Plan,
        say: Callable[[str], None],
    ) -> None:
        torch.manual_seed(plan.seed)
        self.plan, self.say, self.tokens = plan, say, tokens
        self.labels = Labels(examples)
        self._random = Random(plan.seed)
        self._train = [e for e in _taught(examples, plan) for _ in range(_times(e, plan))]
        self._table = torch.tensor(embeddings)
        table = syllables()
        self._noise = Noise(table, (e.text for e in self._train), self._random)
        labels = self.labels
        self.network = Network(
            weights,
            plan,
            intents=len(labels.intents),
            questions=len(labels.questions),
            asked=len(labels.asked),
            situations=len(labels.situations),
            kinds=len(labels.kinds),
        )
        self.begin = {k: v.clone() for k, v in self.network.encoder.state_dict().items()}

    def run(self, after_epoch: Callable[[int], None] = lambda _: None) -> None:
        """All epochs; the rate rises for `warm_up` steps and falls to zero."""
        plan, network = self.plan, self.network
        body = [p for p in network.encoder.parameters() if p.requires_grad]
        own = {id(p) for p in network.encoder.parameters()}
        heads = [p for p in network.parameters() if id(p) not in own]
        optimiser = torch.optim.AdamW(
            [{"params": body, "lr": plan.rate}, {"params": heads, "lr": plan.head_rate}], weight_decay=0.01
        )
        steps = plan.epochs * (len(self._train) // plan.batch + 1)
        warm_up = min(plan.warm_up, steps // 10)
        began, step, total = time.monotonic(), 0, 0.0
        for epoch in range(plan.epochs):
            network.train()
            for batch in self._batches():
                factor = min(1.0, step / max(1, warm_up)) * max(0.0, 1 - step / (steps + 50))
                for group, rate in zip(optimiser.param_groups, (plan.rate, plan.head_rate), strict=True):
                    group["lr"] = rate * factor
                loss = self._loss(batch)
                optimiser.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(body, 1.0)
                optimiser.step()
                total += float(loss)
                step += 1
                if step % 100 == 0:
                    self.say(f"  {step}/{steps}  loss {total / 100:.3f}  {time.monotonic() - began:.0f} s")
                    total = 0.0
            network.eval()
            after_epoch(epoch)

    def average(self, share: float) -> None:
        """Weights between the public ones (0) and the tuned ones (1): Wortsman et al., 2022."""
        now = self.network.encoder.state_dict()
        self.network.encoder.load_state_dict({k: share * now[k] + (1 - share) * self.begin[k] for k in now})

    def _batches(self) -> Iterator[list[tuple[Example, list[int]]]]:
        read = []
        for example in self._train:
            issue = example.intent is not None and category_of(example.intent) not in NOT_AUGMENTED
            text = self._noise.changed(example.text, issue=issue)
            read.append((example, self.tokens.ids(text, MOST_PIECES)))
        self._random.shuffle(read)
        size, batches = self.plan.batch, []
        for start in range(0, len(read), size * 50):
            part = sorted(read[start : start + size * 50], key=lambda one: len(one[1]))
            batches += [part[i : i + size] for i in range(0, len(part), size)]
        self._random.shuffle(batches)
        yield from batches

    def _encoded(self, ids: Sequence[Sequence[int]], drop: float) -> Tensor:
        longest = -(-max(map(len, ids)) // SHAPE) * SHAPE
        padded = torch.full((len(ids), longest), Tokens.PADDING)
        present = torch.zeros(len(ids), longest)
        for row, one in enumerate(ids):
            padded[row, : len(one)] = torch.tensor(one)
            present[row, : len(one)] = 1.0
        with torch.autocast("cpu", dtype=torch.bfloat16):
            vector: Tensor = self.network.encoder(self._table[padded], present, drop)
        return vector.float()

    def _loss(self, batch: Sequence[tuple[Example, list[int]]]) -> Tensor:
        plan, target = self.plan, self.labels.targets([example for example, _ in batch])
        vector = self._encoded([ids for _, ids in batch], plan.drop)
        out = self.network.heads(vector)
        loss = torch.zeros(())
        if (target["intent"] >= 0).any():
            loss = loss + plan.counts("intent") * functional.cross_entropy(
                out["intent"], target["intent"], ignore_index=-1, label_smoothing=plan.smoothing
            )
        told = target["question"] >= 0
        if told.any():
            asked_loss = functional.cross_entropy(
                out["question"][told],
                target["question"][told],
                label_smoothing=plan.smoothing,
                reduction="none",
            )
            trust = target["trust"][told]
            loss = loss + plan.counts("question") * (asked_loss * trust).sum() / trust.sum()
        felt = target["mood"] >= 0
        if felt.any():
            each = functional.binary_cross_entropy_with_logits(
                out["mood"][felt, 0], target["mood"][felt], reduction="none"
            )
            loss = loss + plan.counts("mood") * (each * target["trust"][felt]).sum() / target["trust"].sum()
        seen = target["watch"] >= 0
        if seen.any():
            each = functional.binary_cross_entropy_with_logits(
                out["watch"], target["watch"].clamp(min=0), reduction="none"
            )
            trust = target["trust"][:, None] * target["hardly"] * seen
            loss = loss + plan.counts("watch") * (each * trust).sum() / trust.sum()
        has = target["has"]
        if has.any():
            kinds = self.network.commands(vector[has], target["asked"][has], target["situation"][has])
            loss = loss + plan.counts("command") * functional.binary_cross_entropy_with_logits(
                kinds, target["kinds"][has]
            )
        return loss

    @torch.no_grad()
    def vectors(self, texts: Sequence[str]) -> Any:
        """The vector of each text, n x 384, without noise."""
        self.network.eval()
        ids = [self.tokens.ids(text, MOST_PIECES) for text in texts]
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        out = np.zeros((len(ids), self.network.encoder.hidden), np.float32)
        for start in range(0, len(order), 64):
            rows = order[start : start + 64]
            out[rows] = self._encoded([ids[i] for i in rows], 0.0).numpy()
        return out
