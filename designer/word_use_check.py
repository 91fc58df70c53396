"""What code and data/dialogue must agree on: lists of words, limits and labels that code names, codes that need a Chinese
name; and words that fit everything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import get_args

from aftersales.order_system.port import OrderState, ParcelState, RefundState
from designer.dialogue_data import DialogueData
from dialogue.arbiter import LIMITS
from dialogue.context_table import SITUATIONS
from dialogue.flows import FlowProblem
from dialogue.words import WordList, compiled

_FOLDER = "data/dialogue"
_LABELS, _LIMITS = f"{_FOLDER}/labels.yml", f"{_FOLDER}/limits.yml"
_LIST = re.compile(r"[a-z_]+(\.[a-z_]+)+")
#: Signs that are patterns in half width and mere signs in full width.
_FULL_WIDTH = re.compile(r"[｜（）＊＋]")
_CLASS = re.compile(r"\[[^\]]*\]")
#: Groups of labels.yml whose codes code or data fixes.
_CODES: dict[str, tuple[str, ...]] = {
    "order_state": get_args(OrderState),
    "parcel_state": get_args(ParcelState),
    "refund_state": get_args(RefundState),
    "situation": SITUATIONS,
    "trouble": ("otherwise",),
}


def check_word_use(data: DialogueData) -> Iterator[FlowProblem]:
    """Everything that does not fit together."""
    for one in data.words.lists.values():
        yield from _patterns(one)
    yield from _lists(data)
    yield from _limits(data)
    yield from _labels(data)


def _patterns(one: WordList) -> Iterator[FlowProblem]:
    """Words that fit an empty text fit everywhere; full-width signs fit nothing that was meant."""
    for word, line in zip(one.words, one.lines, strict=True):
        if compiled(word).search("") and not word.startswith("^"):
            yield FlowProblem(
                one.file, line, f"“{word}”什么都配得上（多了一个 | 或都可以不写），删掉空的那一半"
            )
        wide = _FULL_WIDTH.search(_CLASS.sub("", word))
        if wide:
            yield FlowProblem(one.file, line, f"“{word}”里的“{wide.group()}”是全角的，要用半角")


def _lists(data: DialogueData) -> Iterator[FlowProblem]:
    """Lists that code names and no file has, and lists that no code, slot or label names."""
    code = {one for module, texts in data.constants.items() if module.startswith("dialogue") for one in texts}
    lists = data.words.lists
    stems = {name.partition(".")[0] for name in lists}
    groups = {name.rpartition(".")[0] for name in lists}
    slots = {spec.words for flow in data.flows.by_id.values() for spec in flow.slots.values()}
    for name in sorted(code):
        stem, _, key = name.partition(".")
        if _LIST.fullmatch(name) and stem in stems and name not in lists and name not in groups:
            close = get_close_matches(name, [one for one in lists if one.startswith(f"{stem}.")], 1, 0.75)
            line = lists[close[0]].line if close else 1
            near = f"，是不是写成了 {close[0].partition('.')[2]}？" if close else ""
            yield FlowProblem(f"{_FOLDER}/{stem}.yml", line, f"缺少“{key}”（对话要用）{near}")
    begun = tuple(one for one in code if one.endswith(".") and one[:-1] in stems | groups)
    for name, one in lists.items():
        parts = name.split(".")
        above = {".".join(parts[:length]) for length in range(1, len(parts))}
        if name in code or above & (code | slots) or name.startswith(begun) or parts[0] == "choices":
            continue
        yield FlowProblem(one.file, one.line, f"没有地方用到“{'.'.join(parts[1:])}”这一组词")


def _limits(data: DialogueData) -> Iterator[FlowProblem]:
    read = data.limits
    known = {*data.words.limits, *LIMITS}
    for name in sorted(read - known):
        yield FlowProblem(_LIMITS, 1, f"缺少 {name}（对话要用）")
    code = {one for module, texts in data.constants.items() if module.startswith("dialogue") for one in texts}
    for name in data.words.limits:
        if name not in code:
            yield FlowProblem(_LIMITS, data.places.line(_LIMITS, name), f"{name} 没有地方用到")


def _labels(data: DialogueData) -> Iterator[FlowProblem]:
    """Codes that a customer would see instead of a Chinese name."""
    for group, codes in _CODES.items():
        named = data.words.labels.get(group)
        line = data.places.line(_LABELS, group)
        if named is None:
            yield FlowProblem(_LABELS, 1, f"缺少 {group} 这一组叫法")
            continue
        for code in codes:
            if code not in named:
                yield FlowProblem(_LABELS, line, f"{group} 里缺少 {code} 的叫法")
    named = data.words.labels.get("intent", {})
    for intent in named:
        if intent not in data.intents:
            yield FlowProblem(
                _LABELS,
                data.places.line(_LABELS, intent),
                f"intent 里的 {intent} 不是意图（data/categories.yml）",
            )
    answers = data.words.lists.get("intents.answers")
    beside = set(answers.words) if answers else set()
    for flow in data.flows.by_id.values():
        for intent in flow.start:
            if named and intent in data.intents and intent not in named and intent not in beside:
                line = data.line(flow, intent, flow.line)
                yield FlowProblem(
                    flow.file,
                    line,
                    f"{flow.id}：labels.yml 的 intent 里要写 {intent} 叫什么（二选一时说给顾客）",
                )
    for wanted in data.words.codes("demand"):
        if wanted not in data.words.labels.get("demand", {}):
            yield FlowProblem(_LABELS, data.places.line(_LABELS, "demand"), f"demand 里缺少 {wanted} 的叫法")
