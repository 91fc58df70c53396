"""What brings a person before anything else is tried: safety, threat, a request, complaint, anger (H12, H36, H43).

Words and the dialogue's memory are judged here. Whether the customer is angry, or the conversation as a whole needs a
person, is judged by the bot's handoff policy (bot/handoff_policy.py): its verdict is carried out here. A complaint that
is told without anger is first written down and read back (actions/topics/complaint.py, H37).
"""

from typing import Any

from actions import questions
from actions.topics.complaint import kind_of_complaint, learn_demand, take_complaint
from actions.turn import Turn

#: The model says "angry" with at least this score before anger alone outranks the kind of complaint.
_OPEN_ANGER = 0.8
#: A message that angers or complains changes the issue of the case only when its own is at least this sure.
_SURE_OF_ISSUE = 0.7
#: What only the model's intent speaks for (a danger, a threat, the wish for a person) must be at least this sure.
SURE_ENOUGH = 0.6
#: A complaint without a word of one must be surer: 又来了, 能不能快点回 are sighs.
_SURE_OF_COMPLAINT = 0.8
#: Fewer characters without a word of danger, or of complaint, are no report of one.
_SHORTEST_REPORT = 4
_SHORTEST_COMPLAINT = 8
#: Verdicts of the session model that add nothing while a complaint is being written down.
_EXPECTED_IN_COMPLAINT = frozenset({"no_progress", "repeat"})
#: A calm greeting or a word of thanks is no lack of progress, whatever the session before it looked like.
_SMALL_TALK = frozenset({"greet", "thanks", "bye", "chitchat", "praise"})
#: Questions before buying talk about dangers and media without being one (漏电保护, 曝光补偿).
_HARMLESS_STAGES = frozenset({"presale"})


async def brings_person(turn: Turn) -> bool:
    """True when this turn was handed off with the facts known so far, or began the writing down of a complaint."""
    if turn.is_button and turn.intent != "ask_human":
        return False
    found = _trigger(turn)
    if found is None:
        return False
    reason, words = found
    if keeps_issue(turn, reason):
        turn.describe(turn.text)
    else:
        turn.learn_issue()
    guess_issue(turn)
    if stage_of(turn) != "complaint" and turn.intent != "ask_human":
        turn.describe(turn.text)
    if reason == "safety":
        turn.learn(safety=True, usable=False)
        if not str(turn.facts.get("category") or "").startswith("product."):
            turn.learn(category="product.quality")
        turn.say("utter_safety_advice")
    elif reason == "threat":
        turn.learn(threat_channel=words, complaint_kind="publicity", category="complaint.escalate")
    elif reason == "complaint":
        turn.learn(
            complaint_kind=kind_of_complaint(turn), category=turn.facts.get("category") or "complaint.service"
        )
    learn_demand(turn)
    judged = verdict(turn)
    if reason == "complaint" and turn.emotion != "angry" and judged.get("reason") != "anger":
        await take_complaint(turn)
        return True
    if reason == judged.get("reason"):
        turn.hand_off(reason, [str(one) for one in judged.get("evidence") or []])
    else:
        turn.hand_off(reason, [words or turn.text, *([turn.text] if words else [])])
    return True


def is_grave(turn: Turn) -> bool:
    """Words of danger or of a threat: a person now, even when the customer would leave a note (H12)."""
    return any(turn.store.dialogue.hit(one, turn.text) for one in ("safety", "threat"))


def verdict(turn: Turn) -> dict[str, Any]:
    """What the handoff policy says of this turn: {score, reason, evidence}; empty where it does not run (buttons)."""
    given = turn.get("handoff")
    return dict(given) if isinstance(given, dict) and not turn.is_button else {}


def keeps_issue(turn: Turn, reason: str) -> bool:
    """Swearing is no new issue: the case's category stays, unless this message surely has another one."""
    if reason not in {"anger", "complaint", "no_progress", "repeat"} or not turn.facts.get("category"):
        return False
    if stage_of(turn) != "complaint":
        return turn.confidence < _SURE_OF_ISSUE
    names_our_service = turn.store.dialogue.hit("complains", turn.text) is not None
    surely = reason == "complaint" and turn.confidence >= _SURE_OF_ISSUE
    return not (names_our_service or surely)


def stage_of(turn: Turn) -> str:
    """The stage of what this message is about."""
    return turn.store.categories.of_intent(turn.intent).stage


def insists(turn: Turn) -> bool:
    """凭什么, said to our offer of a person: that is a yes, not a new complaint (H22)."""
    offered = (turn.question or {}).get("what") == "person"
    return offered and turn.store.dialogue.hit("insist", turn.text) is not None


def guess_issue(turn: Turn) -> None:
    """An angry half sentence still tells something: the likeliest issue and the order it names, for the record."""
    if turn.heard.order_no and not turn.facts.get("order_no"):
        turn.learn(order_no=turn.heard.order_no)
    if turn.intent != "nlu_fallback" or turn.facts.get("category"):
        return
    for one in turn.understanding.get("candidates") or []:
        category = turn.store.categories.of_intent(str(one.get("intent")))
        if category.is_issue:
            turn.learn(category=category.code, category_confidence=one.get("confidence"))
            return


def _trigger(turn: Turn) -> tuple[str, str] | None:
    """(trigger.reason, the words that set it off) or None."""
    hit = turn.store.dialogue.hit
    stage = stage_of(turn)
    before_buying = stage in _HARMLESS_STAGES
    if not before_buying and (found := _grave(turn, stage)):
        return found
    if hit("privacy", turn.text) and not before_buying:
        return "privacy", ""
    asks_person = (
        turn.intent == "ask_human"
        and turn.confidence >= SURE_ENOUGH
        and (not questions.expects_answer(turn) or questions.is_digression(turn))
    )
    if asks_person or hit("human", turn.text):
        return "requested", ""
    judged = str(verdict(turn).get("reason") or "")
    in_complaint = (turn.form or {}).get("name") == "complaint"
    if in_complaint and turn.emotion != "angry":
        return (judged, "") if judged and judged not in _EXPECTED_IN_COMPLAINT else None
    if complains(turn):
        return "complaint", ""
    idle = turn.intent in _SMALL_TALK and turn.emotion == "calm" and judged in _EXPECTED_IN_COMPLAINT
    return (judged, "") if judged and not idle else None


def _grave(turn: Turn, stage: str) -> tuple[str, str] | None:
    """A danger or a threat (level III)."""
    hit = turn.store.dialogue.hit
    danger = hit("safety", turn.text)
    felt = (
        turn.intent == "safety_hazard"
        and turn.confidence >= SURE_ENOUGH
        and len(turn.text) >= _SHORTEST_REPORT
    )
    if felt or (danger and turn.intent not in {"usage_howto", "usage_install"}):
        return "safety", danger or ""
    sure = turn.confidence >= SURE_ENOUGH
    named = turn.entity("threat_channel") if stage == "complaint" and sure else None
    channel = hit("threat", turn.text) or named
    threatens = turn.intent == "threaten" and sure
    if channel or (threatens and not hit("complaint_announced", turn.text)):
        return "threat", channel or ""
    return None


def complains(turn: Turn) -> bool:
    """A complaint about our service or its result, by its words or by the model's clear judgement; no mere sigh (H36)."""
    words = turn.store.dialogue.hit("complains", turn.text) is not None
    if stage_of(turn) != "complaint":
        lost = turn.intent in {"nlu_fallback", "out_of_scope", "fragment"}
        return lost and turn.store.dialogue.hit("complaint_announced", turn.text) is not None
    if insists(turn):
        return False
    score = turn.understanding.get("emotion_score")
    swears = turn.emotion == "angry" and isinstance(score, (int, float)) and score >= _OPEN_ANGER
    if words:
        return True
    sure = turn.confidence >= _SURE_OF_COMPLAINT and len(turn.text) >= _SHORTEST_COMPLAINT
    return sure and not swears
