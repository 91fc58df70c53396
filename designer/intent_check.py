"""What is wrong with intents: one that nothing answers, one that two places answer (data/dialogue/intents.yml)."""

from __future__ import annotations

from collections.abc import Iterator

from designer.dialogue_data import DialogueData
from dialogue.flows import FlowProblem

_FILE = "data/dialogue/intents.yml"
_CATEGORIES = "data/categories.yml"
_GROUP = "intents."
#: Intents that only mean something beside an open question, or that stand for how an order is, may also start a flow of
#: their own.
_MAY_START = frozenset({"intents.answers", "intents.stands"})


def check_intents(data: DialogueData) -> Iterator[FlowProblem]:
    """Every registered intent starts a flow or stands in intents.yml, in one place."""
    started = {intent: flow.id for flow in data.flows.by_id.values() for intent in flow.start}
    placed: dict[str, str] = {}
    for name, one in data.words.lists.items():
        if not name.startswith(_GROUP):
            continue
        for intent, line in zip(one.words, one.lines, strict=True):
            if intent not in data.intents | data.internal:
                yield FlowProblem(_FILE, line, f"没有这个意图：{intent}（{_CATEGORIES}）")
            if intent in placed:
                yield FlowProblem(_FILE, line, f"意图 {intent} 已经写在 {placed[intent]}，只写一处")
            elif intent in started and name not in _MAY_START:
                yield FlowProblem(
                    _FILE, line, f"意图 {intent} 已经开始流程 {started[intent]}，不要再写在这里"
                )
            placed.setdefault(intent, name.removeprefix(_GROUP))
    for intent in sorted(data.intents - started.keys() - placed.keys()):
        line = data.places.line(_CATEGORIES, intent)
        yield FlowProblem(_CATEGORIES, line, f"意图 {intent} 没有人接：写进一个流程的 start，或写进 {_FILE}")
