"""A complaint: written down with two questions at most, read back, then handed to the complaint group (H36, H37)."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from aftersales.decisions.api import Decision, Inputs, choices, decision

#: What is read back of the customer's own words, and what the record keeps of them, in characters.
_READ_BACK, _KEPT = 160, 500
#: A run of so many digits identifies somebody or something: it is not read back.
_LONG_NUMBER = 4
_JOIN = "；"
#: What the slots hold when the customer has nothing to say to the question.
NOTHING = "none"
#: The category of a complaint by its kind, while the case has none of its own.
_CATEGORY = {"result": "complaint.result", "repeat": "complaint.result"}
_VALUES = ("who", "order", "cause", "demand", "tried")


@decision("complaint_question", outcomes=("what", "demand", "none"))
def complaint_question(inputs: Inputs) -> Decision:
    """Which question is still asked: what happened, where a complaint was only announced; then what is wished, where nothing
    was said of it. So there are two at most."""
    learnt = _learnt(inputs)
    if inputs.slots.get("announced") and not _cause(inputs):
        return Decision("what", facts=learnt)
    wish = inputs.slots.get("demand") or inputs.facts.get("demand")
    return Decision("none" if wish else "demand", facts=learnt)


@decision("complaint_record", outcomes=("ready",), needs=("orders",), values=_VALUES)
def complaint_record(inputs: Inputs) -> Decision:
    """What is read back: who, order, cause, demand, what was tried (H37). The facts of the case are completed."""
    facts, missing = {**inputs.facts, **_learnt(inputs)}, inputs.labels.get("complaint_missing", {})
    who = inputs.orders[0].name if inputs.orders else ""
    order = "　".join(str(facts[one]) for one in ("order_no", "item") if facts.get(one))
    tried = "、".join(str(one) for one in facts.get("tried") or ())
    label = inputs.name("complaint_line", "tried")
    return Decision(
        "ready",
        {
            "who": who or missing.get("verified" if inputs.verified else "who", ""),
            "order": order or missing.get("order", ""),
            "cause": _without_numbers(_cause(inputs))[-_READ_BACK:] or missing.get("cause", ""),
            "demand": str(facts.get("demand") or missing.get("demand", "")),
            "tried": f"\n{label}：{tried}" if tried else "",
        },
        _learnt(inputs),
    )


@choices("complaint_demands")
def complaint_demands(inputs: Inputs) -> Mapping[str, str]:
    """What customers ask for (labels.yml, demand)."""
    return dict(inputs.labels.get("demand", {}))


def _learnt(inputs: Inputs) -> dict[str, Any]:
    """Facts of the case: kind, category, the demands said so far, the customer's own words."""
    kind = str(inputs.slots.get("kind") or "service")
    facts: dict[str, Any] = {
        "complaint_kind": kind,
        "category": inputs.facts.get("category") or _CATEGORY.get(kind, "complaint.service"),
    }
    before, code = str(inputs.facts.get("demand") or ""), inputs.slots.get("demand")
    told = inputs.labels.get("demand", {}).get(str(code), "")
    if told and told not in before:
        facts["demand"] = f"{before}、{told}" if before else told
    words = str(inputs.facts.get("description") or inputs.words)
    for slot in ("what", "more"):
        added = str(inputs.slots.get(slot) or "")
        if added not in ("", NOTHING) and added not in words:
            words = f"{words}{_JOIN}{added}" if words else added
    if words:
        facts["description"] = words[-_KEPT:]
    return facts


def _cause(inputs: Inputs) -> str:
    """What the customer said of the matter, without the sentence that only announces a complaint."""
    words = str(_learnt(inputs).get("description") or "")
    announced = inputs.words if inputs.slots.get("announced") else ""
    return _JOIN.join(one for one in words.split(_JOIN) if one and one != announced)


def _without_numbers(words: str) -> str:
    """Without order numbers, phone numbers and e-mail addresses: they stand in the record's own fields (H7)."""
    kept = []
    for ascii_run, signs in groupby(words, key=_in_number_or_address):
        run = "".join(signs)
        identifies = "@" in run or (run.isdigit() and len(run) >= _LONG_NUMBER)
        kept.append("" if ascii_run and identifies else run)
    return "".join(kept).strip(" ,，；;。.")


def _in_number_or_address(sign: str) -> bool:
    return sign.isascii() and (sign.isalnum() or sign in "@._-+")


__all__ = ["complaint_demands", "complaint_question", "complaint_record"]
