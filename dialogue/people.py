"""Bringing a person, leaving a ticket, closing: what is handed on, and what the customer is told (H2, H22, H43, H47)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aftersales.policy.desk import OTHER_CHANNEL
from aftersales.policy_values import policy_values
from dialogue import case_notes
from dialogue.knowledge import PERSON
from dialogue.outcome import Button, Gateway, Run
from dialogue.state import DESCRIPTION_LIMIT, OFFER_TURNS, OFFERS, OFFERS_KEPT, WRITTEN, Frame
from dialogue.values import trouble

#: Evidence of a handoff that is shown to the agent, at most.
_EVIDENCE_SHOWN = 5
_SELF_HARM = "self_harm"
#: What a request about the customer's own data is filed as (H53), whatever order was spoken of.
_PRIVACY, _DEMAND = "service.other", 60
#: Reasons for which a message that was left is enough: whoever reads it sees what the bot could not do.
_TICKET_WILL_DO = frozenset({"no_progress", "misunderstood", "repeat", "unsure", "out_of_policy"})
#: The kind of danger that no word tells: something electric.
_ELECTRIC = "advice"


def hand_off(
    run: Run,
    reason: str,
    evidence: Sequence[str] = (),
    response: str = "",
    values: dict[str, str] | None = None,
) -> None:
    """Bring a person: say one sentence, send everything known. Nothing may be said after it."""
    if run.ended:
        return
    state = run.state
    if run.scene.at.has_ticket and reason in _TICKET_WILL_DO:
        ticket_stands(run)
        return
    run.say(response or f"utter_handoff_{reason}", {"trouble": trouble(run), **(values or {})})
    if _writes_latin(run):
        run.say("utter_english_handoff")
    run.ended = run.handed = True
    state.told[PERSON] = True
    state.frames = [one for one in state.frames if one.flow not in {"offer", "clarify", "identify"}]
    state.misses = 0
    state.learn(
        category=state.facts.get("category")
        or ("service.human" if reason == "requested" else "service.other"),
    )
    case_notes.complete(run)
    if reason != "requested" and not state.facts.get("description"):
        state.learn(description=run.words[:DESCRIPTION_LIMIT] or None)
    shown = [one for one in evidence if one][:_EVIDENCE_SHOWN]
    run.out.append(Gateway("handoff", {"reason": reason, "evidence": shown, "facts": _told(run)}))


def ticket_stands(run: Run) -> None:
    """Somebody will answer the message that was left: what is said now is added to it, nobody is called again."""
    run.state.describe(run.words)
    run.say("utter_ticket_stands", policy_values(run.store.policy))
    run.asked = True


def _writes_latin(run: Run) -> bool:
    """English or pinyin: who writes so is told what happens in English as well."""
    return bool(run.store.words.hit("watchers.english", run.words))


def leave_ticket(run: Run, response: str = "utter_ticket") -> None:
    """Hand the case over as a ticket: the customer does not wait (H2); nothing half filled is written."""
    if run.scene.at.has_ticket:
        ticket_stands(run)
        return
    run.say(response)
    run.ended = run.handed = True
    run.state.frames = []
    run.state.learn(category=run.state.facts.get("category") or "service.other")
    run.state.describe(run.words)
    case_notes.complete(run)
    facts = {name: value for name, value in run.state.facts.items() if value is not None}
    run.out.append(Gateway("ticket", {"facts": facts}))


def offer(
    run: Run,
    response: str,
    values: dict[str, str],
    *,
    human: str = "",
    start: str = "",
    frame: Frame | None = None,
    buttons: Sequence[Button] = (),
) -> None:
    """Say what is possible and ask whether to do it: a person (`human`: the reason), or a flow (`start`). `buttons`: those of
    a response that has none of its own."""
    run.say(response, values, buttons=buttons, expects="confirm" if buttons else None)
    asked = Frame(
        "offer",
        run.draft("offer"),
        step="ok",
        order_no=frame.order_no if frame else run.state.order_no,
        item_id=frame.item_id if frame else None,
        words=frame.words if frame else run.words,
        intent=frame.intent if frame else "",
    )
    asked.data = {"human": human} if human else {"start": start}
    asked.data |= {"response": response, "from": frame.flow if frame else ""}
    if frame is not None:
        asked.data["known"] = {slot: value for slot, value in frame.slots.items() if isinstance(value, str)}
    run.state.frames = [one for one in run.state.frames if one.flow != "offer"]
    run.state.frames.append(asked)
    run.asked = True
    run.given["offered"] = asked, run.out[-1]
    remember_offer(run, asked)


def remember_offer(run: Run, frame: Frame, *, passing: bool = False) -> None:
    """It may be taken by its name a few turns later, beside another answer. `passing`: told beside the question of a form."""
    offer = {name: frame.data[name] for name in ("human", "start", "slots") if frame.data.get(name)}
    offer |= {"order_no": frame.order_no, "words": frame.words, "intent": frame.intent, "turns": 0}
    offer |= {"passing": True} if passing else {}
    kept = [one for one in run.state.told.get(OFFERS) or () if not same_offer(one, offer)]
    run.state.told[OFFERS] = [*kept, offer][-OFFERS_KEPT:]


def same_offer(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Do both bring the same for the same order?"""
    return all(
        (one.get(name) or None) == (other.get(name) or None) for name in ("human", "start", "order_no")
    )


def forget_offer(run: Run, offer: Mapping[str, Any]) -> None:
    """It was accepted or refused."""
    left = [one for one in run.state.told.get(OFFERS) or () if not same_offer(one, offer)]
    run.state.told.pop(OFFERS, None)
    if left:
        run.state.told[OFFERS] = left


def age_offers(run: Run) -> None:
    """A turn later: offers that are too old are gone."""
    kept = [{**one, "turns": int(one["turns"]) + 1} for one in run.state.told.pop(OFFERS, None) or ()]
    if kept := [one for one in kept if one["turns"] <= OFFER_TURNS]:
        run.state.told[OFFERS] = kept


def accepted(run: Run, frame: Frame) -> Sequence[str]:
    """Evidence for the record: what the customer agreed to (labels.yml, offer)."""
    named = run.store.words.label("offer", str(frame.data.get("response")))
    agreed = run.store.words.label("agreed", "yes")
    shown = agreed.format(offer=named) if named != frame.data.get("response") else ""
    return [shown, run.words]


def close_conversation(run: Run) -> None:
    """The customer said goodbye and nothing is open."""
    run.state.frames, run.state.pending = [], []
    run.out.append(Gateway("close"))
    run.ended = True


def finish_facts(run: Run) -> None:
    """Tell the gateway what is newly known of the case; forget what was deleted."""
    now, before = run.state.facts, run.facts_before
    changed: dict[str, Any] = {name: value for name, value in now.items() if before.get(name) != value}
    if changed and not run.handed:
        run.out.append(Gateway("case", {"facts": changed}))
    run.state.facts = {name: value for name, value in now.items() if value is not None}


def _told(run: Run) -> dict[str, Any]:
    """The facts for the record; None only where the gateway must delete what it was told earlier."""
    return {
        name: value
        for name, value in run.state.facts.items()
        if value is not None or name in run.facts_before
    }


def bring(run: Run, reason: str, evidence: Sequence[str], found: str = "") -> None:
    """A person is needed by the words or the model's verdict (H43): note what the words tell, then hand over.

    safety: the advice to stop using it comes first (H12). found: the words that set it off."""
    state = run.state
    words = run.words
    category = run.store.categories.of_intent(run.scene.message.intent)
    keeps = category.stage == "complaint" or not category.is_issue or bool(state.facts.get("category"))
    if not keeps:
        state.learn(category=category.code, category_confidence=round(run.scene.message.confidence, 3))
    if category.stage == "complaint" and not state.facts.get("category"):
        state.learn(category=category.code)
    if reason != "requested" or category.is_issue:
        state.describe(words)
    _guess_issue(run)
    if reason == "safety":
        kind = hazard(run)
        if kind != _SELF_HARM:  # that is no matter of the goods
            state.learn(safety=True, usable=False)
            if not str(state.facts.get("category") or "").startswith("product."):
                state.learn(category="product.quality")
        run.say(f"utter_safety_{kind or _ELECTRIC}")
        if _writes_latin(run):
            run.say("utter_english_safety")
    elif reason == "threat":
        channel = threat_channel(run, found)
        state.learn(threat_channel=channel, complaint_kind="publicity", category="complaint.escalate")
    elif reason == "privacy":
        file_own_data(run)
    waiting = [
        one.text for one in run.scene.message.also if run.store.categories.of_intent(one.intent).is_issue
    ]
    known = [str(one) for one in state.facts.get("other_issues") or []]
    if new := [one for one in waiting if one not in known and found not in one]:
        state.learn(other_issues=[*known, *new])
    shown = list(dict.fromkeys(list(evidence) or [found or words, words]))
    hand_off(run, reason, shown)


def own_mistake(run: Run) -> None:
    """We did what the customer did not want: say so, and bring a person who can mend it (H36, H43)."""
    state = run.state
    written = run.store.flows.get(str((state.told.get(WRITTEN) or {}).get("flow") or ""))
    state.describe(run.words)
    form = {"form": written.name if written else ""}
    hand_off(run, "complaint", [run.words], "utter_handoff_own_mistake", form)


def hazard(run: Run) -> str:
    """What kind of danger it is, for what is said first (data/dialogue/hazards.yml); empty for the electric kind."""
    codes = run.store.words.codes("hazards")
    return next((code for code, one in codes.items() if one.search(run.words)), "")


def threat_channel(run: Run, found: str) -> str:
    """Where the customer threatens to go: a code of data/policy/service.yml, by the words found, else by the sentence."""
    channels = run.store.words.codes("threat_channels")
    named = (code for words in (found, run.words) for code, one in channels.items() if one.search(words))
    return next(named, OTHER_CHANNEL)


def file_own_data(run: Run) -> None:
    """The case is about the customer's own data: the demand is what is wanted done with it (data/dialogue/own_data.yml), else the
    customer's words."""
    words = run.store.words
    codes = words.codes("own_data")
    wish = next((code for code, one in codes.items() if one.search(run.words)), "")
    run.state.learn(category=_PRIVACY, demand=words.label("own_data", wish) if wish else run.words[:_DEMAND])


def _guess_issue(run: Run) -> None:
    """An angry half sentence still tells something: the likeliest issue and the order it names, for the record."""
    state, message = run.state, run.scene.message
    given = run.given.get("order_no")
    if given and not state.facts.get("order_no"):
        state.learn(order_no=given)
    if message.intent != "nlu_fallback" or state.facts.get("category"):
        return
    for intent, confidence in message.candidates:
        category = run.store.categories.of_intent(intent)
        if category.is_issue:
            state.learn(category=category.code, category_confidence=round(confidence, 3))
            return
