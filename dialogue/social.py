"""Small talk, soothing, and answers that the context table gives: one short human line each (H36, H47)."""

from __future__ import annotations

from datetime import datetime

from aftersales.decisions import DECISIONS
from aftersales.formatting import moment
from dialogue import people
from dialogue.commands import Command
from dialogue.inputs import inputs_for
from dialogue.notes import lacking, topics
from dialogue.outcome import Card, Run
from dialogue.repairs import not_an_answer, open_question
from dialogue.situation import situation_of
from dialogue.state import ASIDES, DOUBTFUL, RECORDS, RESTS, WRITTEN, Frame
from dialogue.steps import expects_of
from dialogue.values import frame_values, order_values, trouble

#: Categories that are a trouble by themselves; who asks for a return has none with us yet.
_TROUBLES = ("logistics.", "product.", "refund.")
_STOPS = "。.！!"
_PATTERN_FRAMES = frozenset({"offer", "clarify"})
#: Frames in which the number of an order is awaited.
_FINDING = frozenset({"identify", "which_order"})
#: Talk after which nobody is asked for the number of something that was never surely wanted.
_LETS_GO = frozenset({"bye", "thanks", "postpones", "later", "affirm", "deny", "not_begun"})
_OVER = frozenset({"done", "refused", "withdrawn"})


def chat(run: Run, kind: str) -> None:
    """One line of the kind; what is open is then gone back to."""
    state = run.state
    goes = kind in _LETS_GO and not run.given.get("matters")
    if kind == "later" and run.store.words.hit("answers.waits", run.words):
        goes = False  # 等下 我翻翻app: the number is being looked for
    if goes and let_go(run) and kind == "later":
        kind = "postpones"
    in_hand = [one for one in state.frames if one.flow not in _PATTERN_FRAMES]
    state.misses = 0
    if kind == "bye":
        _goodbye(run, bool(in_hand))
    elif kind == "greet":
        greeting = "utter_here" if in_hand else "utter_greet_known" if state.customer else "utter_greet"
        run.say(greeting, {"store": run.store.policy.store.name})
    elif kind in {"affirm", "deny"} and state.resolution and not in_hand:
        run.say("utter_after_given_back")
    elif kind == "media":
        _media(run)
    elif kind == "resolution":
        tell_resolution(run)
    elif kind == "note":
        tell_note(run)
    elif kind == "not_begun":
        _not_begun(run)
    elif kind == "warned":
        run.say("utter_warned")
    elif kind == "warned_alone":
        people.offer(run, "utter_warned_offer", {}, human="complaint")
    elif kind == "only_if":
        state.describe(run.words)
        run.say("utter_only_if")
    elif kind == "contact":
        run.say("utter_contact_noted")
        run.asked = True
    elif kind == "takes_leave":
        run.say("utter_takes_leave")
        run.asked = True
    elif kind == "postpones":
        _postponed(run, bool(in_hand))
    elif kind == "later":
        if run.given.get("matters"):  # what is asked beside it is answered first
            run.given["later"] = True
        else:
            take_your_time(run)
    elif (
        kind in {"affirm", "deny"}
        and (asked := open_question(run))
        and asked[0].flow not in _PATTERN_FRAMES
        and not asked[0].data.get(RESTS)
        and not asked[0].data.get(ASIDES)  # 好的, after other things were answered beside the number
    ):
        not_an_answer(run)
    elif kind in {"affirm", "deny"}:
        run.say(f"utter_{kind}_nothing")
    elif f"utter_talk_{kind}" in run.store.responses:
        run.say(f"utter_talk_{kind}")
    else:
        response = f"utter_{kind}"
        run.say(response if response in run.store.responses else "utter_chitchat")


def let_go(run: Run) -> bool:
    """What only a doubtful reading began, and what still waits for the order's number, is dropped without a word. False: no
    such thing is open."""
    frames = run.state.frames
    waiting = next((one for one in frames if one.flow in _FINDING), None)
    below = frames[frames.index(waiting) - 1] if waiting is not None and frames[0] is not waiting else None
    if waiting is None or below is None or not below.data.get(DOUBTFUL):
        return False
    run.close(waiting)
    run.close(below)
    return True


def take_your_time(run: Run) -> None:
    """The question that is open stays, and is not asked again now. Who has to get what we ask for (税号等财务给我) is not asked for
    it again until it is told or its matter is spoken of."""
    asked = open_question(run)
    verb = asked[2].verb if asked else ""
    response = "utter_paused" if verb else "utter_take_your_time"
    waits = run.store.words.hit("answers.waits", run.words) is not None
    if asked and waits and not verb and asked[0].flow not in _FINDING | _PATTERN_FRAMES:
        asked[0].data[RESTS] = True
        if set(asked[0].slots) - {"item"}:
            response = "utter_take_your_time_kept"
    run.say(response, {"verb": verb}, expects=expects_of(asked[1], asked[2]) if asked else None)
    run.asked = True


def _postponed(run: Run, in_hand: bool) -> None:
    """我跟我妈商量下: nothing is repeated or asked; what is half filled is kept, and that is said once. What is asked beside it is
    answered, with nothing more."""
    state = run.state
    state.frames = [one for one in state.frames if one.flow not in _PATTERN_FRAMES]
    top = state.top
    if top is not None:
        kept_before = bool(top.data.get("bye"))
        top.data["bye"] = top.data[RESTS] = True
        top.interrupted = False
    if run.given.get("matters"):
        return
    finding = top is not None and top.flow in _FINDING
    if in_hand and top is not None and not kept_before:
        asked = open_question(run)
        expects = expects_of(asked[1], asked[2]) if asked else None
        run.say("utter_postponed_number" if finding else "utter_postponed_kept", expects=expects)
    else:
        run.say("utter_postponed")
    run.asked = True


def _not_begun(run: Run) -> None:
    """没叫你退货: nothing of that was done now; what is under way for the order in hand is named, whoever asked for it."""
    order = run.scene.own_order(run.state.order_no)
    if order is not None:
        spec = DECISIONS["open_requests"]
        told = spec.run(inputs_for(run, Frame("", "", order_no=order.order_no), spec.needs))
        if told.outcome == "some":
            run.say("utter_not_begun_but", {**order_values(run, order), **told.values})
            return
    run.say("utter_not_begun_beside" if run.state.told.get(RECORDS) else "utter_not_begun")


def _goodbye(run: Run, in_hand: bool) -> None:
    """Something half filled is named once and rests, it is not asked for again; nothing open: thanks, and the conversation may be closed and rated."""
    state = run.state
    top = state.top
    if in_hand and top is not None and not top.data.get("bye"):
        top.data["bye"] = top.data[RESTS] = True
        asked = open_question(run)
        run.say("utter_before_bye", expects=expects_of(asked[1], asked[2]) if asked else None)
        top.interrupted = False
        run.asked = True
        return
    run.say("utter_bye")
    people.close_conversation(run)


def _media(run: Run) -> None:
    """A picture or video outside a form: thank, keep it, ask what it is about (H23)."""
    if run.store.categories.get(run.state.facts.get("category")).is_issue:
        run.say("utter_media_added")
        return
    run.say("utter_media_what")
    run.asked = True


def tell_resolution(run: Run) -> None:
    """Repeat what the person agreed (H47)."""
    told = run.state.resolution or {}
    run.given["noted"] = True
    note = f"：{told['note']}" if told.get("note") else ""
    run.say(
        "utter_told_before",
        {"resolution": run.store.words.label("resolution", str(told.get("resolution"))), "note": note},
    )


def settle_note(run: Run) -> None:
    """What a person agreed was told in this turn: a half sentence afterwards means that, not what was looked up beside it."""
    if run.given.get("noted") and not [one for one in run.state.frames if one.flow not in _PATTERN_FRAMES]:
        run.state.last = None


def tell_note(run: Run) -> None:
    """What the person noted, word for word and when, and which of the points asked about it leaves open: the store's own rule
    where it has one for the order in hand, else a colleague is offered (H47)."""
    told, words = run.state.resolution or {}, run.store.words
    note = str(told.get("note") or "").rstrip(_STOPS)
    run.given["noted"] = True
    missing = lacking(run.words, note, words)
    lacks = [words.label("note_point", one) for one in missing]
    at = datetime.fromisoformat(str(told["at"])) if told.get("at") else None
    values = {
        "at": moment(at, run.store.tz) if at else "",
        "note": note,
        "lacks": words.label("note_point", "and").join(lacks),
    }
    if words.hit("note.overdue", run.words):
        run.say("utter_note_overdue")
    order = run.scene.outside.order(run.state.order_no) if run.state.order_no else None
    if missing == ["when"] and "money" in topics(run.words, words) and order is not None:
        run.say("utter_note_refund_time", {**order_values(run, order), **values})
    elif lacks:
        people.offer(run, "utter_note_lacks", values, human="requested")
    else:
        run.say("utter_note_says", values)


def given_back(run: Run, resolution: str, note: str) -> None:
    """A person gave the conversation back: say in one sentence what was agreed and remember it (H47)."""
    state = run.state
    state.frames, state.pending, state.asked, state.misses = [], [], [], 0
    state.last = None  # what was promised outranks what the bot answered before
    if state.facts.get("other_issues"):
        state.learn(other_issues=[])
    state.resolution = {"resolution": resolution, "note": note[:300], "at": run.scene.at.now.isoformat()}
    state.resolution |= {
        "order_no": state.order_no,
        "request_no": (state.told.get(WRITTEN) or {}).get("request_no"),
    }
    said = run.store.words.label("resolution", resolution)
    if note:
        run.say("utter_given_back_note", {"resolution": said, "note": note[:200].rstrip(_STOPS)})
    else:
        run.say("utter_given_back", {"resolution": said})
    run.asked = True


def soothe(run: Run, intent: str) -> None:
    """One short sentence that names the problem, for an impatient customer with a matter, not turn after turn (H36)."""
    message = run.scene.message
    displeased = message.emotion != "calm"
    category = run.store.categories.of_intent(intent)
    limits = run.store.words.limits
    troubled = (
        displeased
        and len(message.text) >= limits["soothe_from_characters"]
        and category.is_issue
        and category.stage not in {"complaint", "presale"}
        and run.store.words.hit("watchers.impatient", message.text) is not None
    )
    loses = (
        category.is_issue
        and category.stage not in {"complaint", "presale"}
        and run.store.words.hit("watchers.loss", message.text) is not None
    )
    if loses and not run.state.soothed:  # 冻的肉都化了
        run.say("utter_soothe_loss")
        run.soothed = run.state.soothed = True
        return
    if troubled and not run.state.soothed:
        if category.code.startswith(_TROUBLES):
            run.say("utter_soothe_trouble", {"trouble": trouble(run, category.code)})
        else:
            run.say("utter_soothe")
        run.soothed = True
    run.state.soothed = displeased


def answer_in_context(run: Run, command: Command) -> None:
    """Say the response that the context table names, with what is known of the order (data/dialogue/context.yml)."""
    order_no = str(command.more.get("order_no") or run.state.order_no)
    order = run.scene.outside.order(order_no)
    if order is None:
        return
    run.state.order_no = order_no
    run.state.learn(order_no=order_no)
    requests = run.scene.outside.requests(order_no)
    going = {"return", "exchange", "repair", "refund_only"}
    request = next((one for one in requests if one.kind in going and one.state not in _OVER), None)
    if request is not None:
        run.out.append(Card("request", request))
    label = run.store.words.label
    values = {
        **frame_values(run, None, None),
        **order_values(run, order),
        "state": label("situation", situation_of(run.scene, order, named=True)),
        "request_no": request.request_no if request else "",
        "kind": label("request_kind", request.kind) if request else "",
        "next": request.next if request else "",
    }
    run.say(str(command.more["response"]), values)
