"""Troubleshooting before a repair or the return of faulty goods: whether it is offered, what is tried next, what came of
it (H27). The trees are data/troubleshooting; a walk through one is judged by aftersales/troubleshooting.py."""

from collections.abc import Mapping, Sequence
from typing import Any

from aftersales.decisions.api import Decision, Inputs, choices, decision
from aftersales.decisions.in_hand import sentence
from aftersales.decisions.return_case import the_item
from aftersales.troubleshooting import ANSWERS, Answer, Symptom, Walk, cause_of, walk

#: The slots with the answers to the first, second and third step; more than these are never asked.
STEPS = ("first", "second", "third")
#: Reasons that may have a simple cause, and wishes that do not speak against trying it first.
_FAULTS, _OPEN_WISHES = frozenset({"quality"}), frozenset({None, "repair"})
#: The code of "none of these" in the question for the symptom.
OTHER = "other"
#: What the slot `first_look` holds where the state of the goods was not told yet.
NOT_TOLD = "not_told"
_ANSWERS, _TRIED, _AFTER = "troubleshooting_answer", "troubleshooting_tried", "troubleshooting_after"


@decision("told_symptom", outcomes=("told", "none"), needs=("order", "item"), slots=("reason",))
def told_symptom(inputs: Inputs) -> Decision:
    """打字连击 想退了: what is wrong with the goods was told, and that is the reason."""
    code, reasons = _symptom_code(inputs), inputs.policy.returns.reasons
    fault = next((one for one in sorted(_FAULTS) if one in reasons), None)
    if code in ("", OTHER) or fault is None or inputs.slots.get("reason") is not None:
        return Decision("none")
    return Decision("told", slots={"reason": fault})


@decision(
    "troubleshooting_offer",
    outcomes=("none", "offer", "which", "begun"),
    needs=("order", "item"),
    values=("symptom_name", "often"),
    slots=("symptom", "first_look", "first_wish"),
)
def troubleshooting_offer(inputs: Inputs) -> Decision:
    """May we propose to try something? `offer`: what is wrong is known and simple causes are; `which`: a repair is wanted
    and nobody said what is wrong; `begun`: the customer agreed. `none`: nothing to try, something else is wanted, the
    customer tried already, told the state of the goods since the first look, caused it (misuse), or it is dangerous (H12).
    `first_look` and `first_wish` keep what was known of that state and of the wish then."""
    slots, code = inputs.slots, _symptom_code(inputs)
    symptom = _symptoms(inputs).get(code)
    values = {
        "symptom_name": symptom.name if symptom else "",
        "often": symptom.often if symptom else "",
    }
    known = {"symptom": code} if symptom else {}
    against = (
        slots.get("reason") not in _FAULTS
        or slots.get("ok") is not None
        or _is_misuse(inputs)
        or bool(inputs.facts.get("safety"))
        or slots.get("symptom") == OTHER
    )
    if against:
        return Decision("none", values)
    wished = slots.get("first_wish") or slots.get("solution")
    if slots.get("solution") not in _OPEN_WISHES or wished not in (*_OPEN_WISHES, NOT_TOLD):
        # what was wished first stands, whatever the rules leave of it (换新 → 维修): not proposed while that is read back
        return Decision("none", values, slots={"first_wish": str(wished)})
    if symptom is not None and slots.get("trouble") is not None:
        return Decision("begun", values, slots=known)
    state = str(slots.get("condition") or NOT_TOLD)
    first_look = str(slots.get("first_look") or state)
    asked = slots.get("trouble") is not None
    tried = inputs.facts.get("tried") and not asked
    wish = str(slots.get("first_wish") or slots.get("solution") or NOT_TOLD)
    found = {**known, "first_look": first_look, "first_wish": wish}
    if not _symptoms(inputs) or tried or (first_look != state and not asked):
        return Decision("none", values, slots={"first_look": first_look})
    if symptom is None:
        return Decision("which" if slots.get("solution") == "repair" else "none", values, slots=found)
    return Decision("offer", values, slots=found)


@decision(
    "troubleshooting_step",
    outcomes=(*STEPS, "solved", "failed", "hardware", "misuse", "left"),
    needs=("order", "item"),
    values=("after", "step", "helped", "remains", "found"),
    slots=("condition",),
)
def troubleshooting_step(inputs: Inputs) -> Decision:
    """What is tried next (`first`, `second`, `third`), or what came of it. `failed`: all of it ruled out; `hardware`,
    `misuse`: a step showed it; `left`: the customer had enough, or asked for the repair in between. What was tried and ruled out goes into the record."""
    found = _walk(inputs)
    if found is None:
        return Decision("left", dict.fromkeys(("after", "step", "helped", "remains", "found"), ""))
    symptom = _symptoms(inputs)[_symptom_code(inputs)]
    values = {
        "after": _after(inputs, found),
        "step": found.step.do,
        "helped": found.step.helped,
        "remains": symptom.otherwise,
        "found": found.step.found.label if found.step.found else "",
    }
    facts: dict[str, Any] = {}
    if tried := _tried(inputs, found):
        facts["tried"] = tried
    if found.outcome == "solved" and found.step.cause == "usage":
        facts["responsibility"] = "usage"
    if found.outcome == "misuse":
        facts["responsibility"] = "usage"
        return Decision("misuse", values, facts, {"condition": "misuse"})
    if found.outcome == "next" and _asked_since(inputs):
        return Decision("left", values, facts)
    return Decision(STEPS[found.at] if found.outcome == "next" else found.outcome, values, facts)


def _asked_since(inputs: Inputs) -> bool:
    """派个人来修吧, while things are tried: the wish was told since they were proposed."""
    then, wish = inputs.slots.get("first_wish"), inputs.slots.get("solution")
    return then is not None and wish is not None and wish != then


@choices("troubleshooting_symptoms", needs=("order", "item"))
def troubleshooting_symptoms(inputs: Inputs) -> Mapping[str, str]:
    """What can be wrong with this kind of product, and that it is none of these."""
    named = {code: one.name for code, one in _symptoms(inputs).items()}
    return {**named, OTHER: inputs.name("troubleshooting_symptom", OTHER)}


@choices("troubleshooting_answers", needs=("order", "item"))
def troubleshooting_answers(inputs: Inputs) -> Mapping[str, str]:
    """What can be answered to the step that is asked: with what it may bring to light, where it looks for something."""
    found = _walk(inputs)
    named = dict(inputs.labels.get(_ANSWERS) or {})
    if found is not None and found.step.found is not None:
        return {"found": found.step.found.label, **named}
    return named


def _is_misuse(inputs: Inputs) -> bool:
    condition = inputs.policy.returns.conditions.get(str(inputs.slots.get("condition")))
    return condition is not None and condition.misuse


def _symptoms(inputs: Inputs) -> Mapping[str, Symptom]:
    """The symptoms that are known for the item's kind; empty for a kind without a tree or an unknown item."""
    if inputs.order is None:
        return {}
    item = the_item(inputs)
    tree = inputs.troubleshooting.tree_for(item.name, item.kind)
    return tree.symptoms if tree else {}


def _symptom_code(inputs: Inputs) -> str:
    """The symptom that was chosen, else of those told that this kind of product knows the one that explains the others; empty without
    any. What is told before anything was tried may explain what was chosen."""
    known = _symptoms(inputs)
    chosen = inputs.slots.get("symptom")
    if chosen is None:
        return cause_of(known, inputs.symptoms)
    begun = inputs.slots.get("trouble") is not None
    return str(chosen) if begun or chosen not in known else cause_of(known, [str(chosen), *inputs.symptoms])


def _answers(inputs: Inputs) -> Sequence[Answer]:
    told = [inputs.slots.get(slot) for slot in STEPS]
    return [one for given in told for one in ANSWERS if one == given]


def _walk(inputs: Inputs) -> Walk | None:
    symptom = _symptoms(inputs).get(_symptom_code(inputs))
    return walk(symptom, _answers(inputs), len(STEPS)) if symptom else None


def _after(inputs: Inputs, found: Walk) -> str:
    """What the last answer told, before the next step: what is ruled out now, or that a step is left out."""
    if not found.done:
        return ""
    step, answer = found.done[-1]
    if answer not in (inputs.labels.get(_AFTER) or {}):
        return ""
    return sentence(inputs, _AFTER, answer, rules_out=step.rules_out)


def _tried(inputs: Inputs, found: Walk) -> list[str]:
    """The fact `tried`, with the steps answered in this case added, each with what it rules out."""
    known = [str(one) for one in inputs.facts.get("tried") or []]
    names = inputs.labels.get(_TRIED) or {}
    for step, answer in found.done:
        if answer not in names:
            continue
        seen = step.found.label if step.found else ""
        line = sentence(inputs, _TRIED, answer, about=step.about, rules_out=step.rules_out, found=seen)
        if line not in known:
            known.append(line)
    return known if found.done else []
