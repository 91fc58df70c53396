"""When talk goes wrong: not understood, an answer that does not fit, a choice of two readings, "why do you ask" (H43)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from aftersales.policy_values import policy_values
from dialogue import people
from dialogue.flows import Flow, Step
from dialogue.outcome import Button, Run
from dialogue.state import ASKED_KEPT, BEHIND_KEY, EITHER, Frame
from dialogue.steps import options_of
from dialogue.values import choice_name, frame_values

#: Chat that may go on while the order number is open: who looks around before buying is not asked again and again.
_BEFORE_BUYING = "presale"

#: Longest remark that is repeated to the customer, in characters.
_LONGEST_REMARK = 40

#: Longest words of a question that are compared with those of the next, in characters.
_WORDS_KEPT = 60

#: Such a share of the shorter one's pairs of characters makes two questions the same.
_SAME_WORDS = 0.5

#: Pairs of known questions that are not asked about again.
_PAIRS_KEPT = 8

OpenFlow = Callable[..., None]


def open_question(run: Run) -> tuple[Frame, Flow, Step] | None:
    """The frame, flow and step whose answer we wait for."""
    top = run.state.top
    flow = run.store.flows.get(top.flow) if top else None
    step = flow.step(top.step) if flow and top else None
    return (top, flow, step) if top and flow and step else None


def unclear(run: Run, kind: str = "") -> None:
    """Nothing in the message could be read: explain the open question, or say so and count (H43)."""
    if kind == "marks":
        if open_question(run) is None or run.state.top is None or run.state.top.flow == "offer":
            run.say("utter_only_marks")
            run.asked = run.state.top is None
        return
    asked = open_question(run)
    if asked is not None and asked[0].flow not in {"offer", "clarify"}:
        not_an_answer(run)
        return
    if run.state.last and run.store.words.hit("watchers.misfit", run.words):
        not_that(run)
        return
    named = _names_product(run)
    if not named and run.store.words.hit(
        "watchers.bought_nothing", run.words
    ):  # 我还没买呢 之前在别家丢过一回
        run.say("utter_no_order_yet")
        run.asked, run.state.misses = True, 0
        return
    misses = 0 if named else run.state.misses + 1
    run.state.misses = misses
    counts = run.store.words.counts
    half = kind == "fragment"  # 那个, 就是: half a sentence is no misunderstanding yet
    if misses >= (counts.failed_answers_before_person if half else counts.misses_before_person):
        people.hand_off(run, "misunderstood", [run.words])
        return
    words, message = run.store.words, run.scene.message
    if kind == "english" or words.hit("watchers.english", run.words):
        run.say("utter_english")
    elif kind == "sigh" or message.emotion == "displeased":
        sigh(run)
    elif half or named:
        _fragment(run)
    elif message.intent == "out_of_scope":
        run.say("utter_out_of_scope")
    elif len(run.words) > words.limits["short_chars"] and words.hit("reading.question", run.words):
        person = [Button(words.label("agreed", "human"), "/ask_human")]
        run.say("utter_no_answer", {"words": run.words[:_LONGEST_REMARK]}, buttons=person)
    else:
        run.say("utter_not_understood")
    run.asked = True


def _names_product(run: Run) -> bool:
    """Is it short, and a product's name?"""
    short = len(run.words) <= run.store.words.limits["short_chars"]
    found = run.scene.products(run.words, limit=1) if short and run.words else ()
    return bool(found) and found[0].name in run.words


def _fragment(run: Run) -> None:
    """A half sentence: a product named alone is asked about, otherwise what it is about."""
    products = run.scene.products(run.words, limit=1)
    if products:
        run.state.sku = products[0].sku
        run.state.misses = 0
        run.say("utter_fragment_product", {"product": products[0].name})
        return
    run.say("utter_fragment")


def sigh(run: Run) -> None:
    """又来了, 能不能快点: nothing to write down yet. What is known is named, else asked for (H36)."""
    in_hand = [one for one in run.state.frames if one.flow != "offer"]
    if in_hand:
        run.say("utter_soothe")
        return
    run.state.misses = 0
    if run.store.categories.get(run.state.facts.get("category")).is_issue:
        people.offer(run, "utter_sigh_matter", frame_values(run, None, None), human="no_progress")
    else:
        run.say("utter_sigh")
        run.asked = True


def not_an_answer(run: Run) -> None:
    """An answer that does not fit: explain, ask again; the third time whatever was said is taken for review, or a
    person comes (H43)."""
    asked = open_question(run)
    if asked is None:
        return
    frame, flow, step = asked
    if frame.flow in {"offer", "clarify"}:
        return
    message = run.scene.message
    if message.uploads:
        run.say("utter_media_added")
        run.given.setdefault("touched", []).append(frame.draft)
        return
    run.given.setdefault("touched", []).append(frame.draft)
    if flow.slots[step.name].kind == "confirm" and run.store.words.hit("reading.question", run.words):
        run.state.describe(
            run.words
        )  # a question nobody can answer here is no failed yes or no: it reaches the record
        run.say("utter_question_noted")
        return
    frame.fails += 1
    if frame.fails >= run.store.words.counts.failed_answers_before_person:
        if step.rest is None:
            people.hand_off(run, "no_progress", [run.words])
            return
        run.state.describe(run.words)
        frame.slots[step.name] = step.rest
        frame.fails = 0
        return
    expects = None
    if frame.flow == "identify":  # where the number is says what is asked
        run.asked = True
        expects = "phone_tail" if step.name == "proof" else step.name
    if step.help:
        response = step.help[min(frame.fails, len(step.help)) - 1]
        run.say(response, frame_values(run, frame, flow), expects=expects)


def note_remark(run: Run, words: str) -> None:
    """What the customer tells of the goods instead of answering: kept for the record, the question is asked again kindly.
    Only so often is that no failed answer (H43)."""
    run.state.describe(words)
    asked = open_question(run)
    if asked is None:
        return
    frame = asked[0]
    frame.data["remarks"] = int(frame.data.get("remarks") or 0) + 1
    if frame.data["remarks"] >= run.store.words.counts.failed_answers_before_person:
        not_an_answer(run)
        return
    run.given.setdefault("touched", []).append(frame.draft)
    run.say("utter_remark_noted", {**frame_values(run, frame, asked[1]), "words": words[:_LONGEST_REMARK]})


def explain(run: Run, *, asks_else: bool = False) -> None:
    """为什么要问这个: what the question is for, and the question again. `asks_else`: some question or other, which before a
    confirmation is seldom about the confirming: honestly that it cannot be answered here."""
    asked = open_question(run)
    if asked is None:
        run.say("utter_explain_nothing")
        run.asked = True
        return
    frame, flow, step = asked
    if asks_else and frame.flow not in {"offer", "clarify"} and flow.slots[step.name].kind == "confirm":
        not_an_answer(run)
        return
    values = {**frame_values(run, frame, flow), **policy_values(run.store.policy)}
    if frame.flow == "offer":
        _explain_offer(run, frame, values)
    else:
        why = f"utter_why_{step.name}"
        response = why if why in run.store.responses else step.help[0] if step.help else "utter_why"
        run.say(response, values)
    run.given.setdefault("touched", []).append(frame.draft)


def _explain_offer(run: Run, frame: Frame, values: Mapping[str, str]) -> None:
    """What an offer is about: a person, or the flow that would be begun."""
    own = f"utter_why_offer_{frame.data.get('start')}"
    if frame.data.get("human"):
        run.say("utter_why_offer", values)
    elif own in run.store.responses:
        run.say(own, values)
    else:
        run.say("utter_why_offer_do", values)


def condition_unknown(run: Run) -> None:
    """行 不过得能报销才行: a yes under a condition that nobody can judge here. Said, and kept for the record; the yes is asked for
    again."""
    run.state.describe(run.words)
    run.given["in_full"] = True
    run.say("utter_condition_unknown", {"words": run.words[:_LONGEST_REMARK]})
    if run.state.top is not None:
        run.given.setdefault("touched", []).append(run.state.top.draft)


def ask_pattern_again(run: Run, frame: Frame, flow: Flow) -> None:
    """The question of a pattern frame, with the choices it showed."""
    step = flow.step(frame.step) or flow.steps[0]
    names: Mapping[str, str] = (frame.data.get("names") or {}).get(step.name) or {}
    buttons = [
        Button(label, f"/choose{json.dumps({'slot': step.name, 'value': code}, ensure_ascii=False)}")
        for code, label in names.items()
    ]
    expects = {"proof": "phone_tail", "chosen": "clarify", "ok": "confirm"}.get(step.name, step.name)
    values = {**frame_values(run, frame, flow), "count": str(len(names)), **_told(frame)}
    run.say(
        step.ask.chosen(frame.slots),
        values,
        buttons=buttons,
        expects=expects if expects != "product" else None,
    )
    run.asked = True


def _told(frame: Frame) -> dict[str, str]:
    return {name: str(value) for name, value in frame.slots.items() if isinstance(value, str)}


def clarify(run: Run, flows: Sequence[str], *, sorry: bool = False) -> None:
    """您是想 A 还是 B？ The words are kept and answered as the chosen one. `flows`: intents or flow ids; `sorry`: what was
    told before was not what was asked."""
    response = "utter_not_that_either" if sorry else "utter_clarify"
    words, label = run.words[:100], run.store.words.label
    names = {one: label("intent", one) for one in flows}
    for one in names:
        flow, entry = run.store.flows.get(one), run.store.knowledge.entries.get(one)
        named = flow or entry
        if named is not None:
            names[one] = named.name
        if entry is not None:
            response = "utter_which_question"
    if response == "utter_which_question":
        run.state.told[EITHER] = [*(run.state.told.get(EITHER) or []), sorted(flows)][-_PAIRS_KEPT:]
    frame = Frame("clarify", run.draft("clarify"), step="chosen", words=words)
    frame.data["names"] = {"chosen": names}
    run.state.frames = [one for one in run.state.frames if one.flow not in {"clarify", "offer"}]
    run.state.frames.append(frame)
    buttons = [
        Button(name, f"/choose{json.dumps({'slot': 'chosen', 'value': code}, ensure_ascii=False)}")
        for code, name in names.items()
    ]
    neither = label("agreed", "neither")
    shown = list(names.values())
    run.say(
        response,
        {"one": shown[0], "other": shown[-1]},
        buttons=[*buttons, Button(neither, "/deny")],
        expects="clarify",
    )
    run.asked = True


def chosen(run: Run, code: str, open_flow: OpenFlow) -> None:
    """The answer to "A or B": the kept words are answered as that; `none`: neither."""
    frame = run.state.frame("clarify")
    if frame is None:
        return
    run.close(frame)
    if code == "none":
        run.say("utter_clarify_neither")
        run.asked = True
        return
    started = run.store.flows.started_by(code)
    if started is not None:
        open_flow(run, started[0], dict(started[1]), frame.words, code)
    else:
        open_flow(run, code, {}, frame.words, "")


def not_that(run: Run, frame: Frame | None = None) -> None:
    """What we know was told and is not what was asked: said, with two other readings, or a person who can answer."""
    flows = run.store.flows
    least = run.store.words.limits["candidate_least"]
    told = frame.flow if frame else str((run.state.last or {}).get("flow") or "")
    found: dict[str, str] = {}
    for intent, probability in run.scene.message.candidates:
        started = flows.started_by(intent)
        if probability >= least and started is not None and started[0] != told:
            found.setdefault(started[0], intent)
    likely = list(found.values())[:2]
    if len(likely) == 2:
        clarify(run, likely, sorry=True)
    else:
        people.offer(
            run, "utter_not_that", frame_values(run, frame, None), human="misunderstood", frame=frame
        )


def say_changed(run: Run, frame: Frame, flow: Flow, slot: str, value: str, *, first: bool) -> None:
    """A filled part was changed, or told before it was asked for (`first`): name it once."""
    response = "utter_noted_beside" if first else f"utter_corrected_{slot}"
    if response not in run.store.responses:
        response = "utter_corrected"
    step = next((one for one in flow.steps if one.name == slot and one.kind == "collect"), None)
    if step is not None:
        frame.data.setdefault("names", {})[slot] = options_of(run, frame, step)
    named = choice_name(run, flow, slot, value, frame.data.get("names"))
    if named == value:  # nothing that has a name for the customer
        return
    run.say(response, {**frame_values(run, frame, flow), slot: named, "value": named})
    run.changes.append((frame, slot, value, run.out[-1]))


def say_resumed(run: Run, frame: Frame) -> None:
    """Where we were, after a digression; what is read back for another order than was just talked about, in full."""
    if frame.order_no is not None and frame.order_no != run.state.order_no:
        run.given["in_full"] = True
    flow = run.store.flows.get(frame.flow)
    if frame.flow in {"which_order", "which_item", "which_product"}:
        run.say("utter_back_to_it")
    elif flow is not None:
        run.say("utter_back_to_form", {"form": flow.name, "flow": flow.name})


def times_asked(run: Run, key: str) -> int:
    """How often the same was asked, this time included, for the counts `same_question_…` (H43). Asked in other words it is
    another question that has the same answer: it counts as once more, but brings nobody until it was answered four times."""
    counts, state = run.store.words.counts, run.state
    words = run.words[:_WORDS_KEPT]
    before = [one.partition(BEHIND_KEY) for one in state.asked]
    asked = [told for known, _, told in before if known == key]
    state.asked = [*state.asked, f"{key}{BEHIND_KEY}{words}"][-ASKED_KEPT:]
    times = len(asked) + 1
    angry = run.scene.message.emotion == "angry"
    same = 1 + sum(angry or _same_question(words, told) for told in asked)
    most = counts.same_question_person
    run.given["in_other_words"] = same == 1
    return times if same >= most or times > most else min(times, most - 1)


def _same_question(one: str, other: str) -> bool:
    """Are most pairs of characters of the shorter in the longer?"""
    mine, its = ({text[at : at + 2] for at in range(len(text) - 1)} for text in (one, other))
    return len(mine & its) >= _SAME_WORDS * max(1, min(len(mine), len(its)))


def say_as_before(run: Run, frame: Frame, flow: Flow) -> None:
    """The same is wanted again, and what was told stands: it is not read out once more. What is different is asked for, with
    a way to a person (H36, H43)."""
    named = frame_values(run, frame, flow).get("item", "") + flow.name
    human = Button(run.store.words.label("agreed", "human"), "/ask_human")
    run.say("utter_as_before", {"form": named, "flow": flow.name}, buttons=[human])


def say_asked_before(run: Run) -> None:
    """The same question a second time, or another one that has the same answer: said, with a way to a person."""
    other = run.given.get("in_other_words")
    response = "utter_only_this" if other else "utter_asked_before"
    run.say(response, buttons=[Button(run.store.words.label("agreed", "human"), "/ask_human")])


def looks_around(run: Run) -> bool:
    """Who goes on about postage and stock is not asked for the order number again and again."""
    category = run.store.categories.of_intent(run.scene.message.intent)
    return run.state.customer is None and category.stage == _BEFORE_BUYING
