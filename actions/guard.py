"""What brings a person before anything else is tried: safety, threat, a request, complaint, anger (H12, H36, H43).

Words and the dialogue's memory are judged here. Whether the customer is angry, or the conversation as a whole needs a
person, is judged by the bot's handoff policy (bot/handoff_policy.py): its verdict is carried out here.
"""

from typing import Any

from actions import questions
from actions.turn import Turn

#: The model says "angry" with at least this score before anger alone outranks the kind of complaint.
_OPEN_ANGER = 0.8
#: A message that angers or complains changes the issue of the case only when its own is at least this sure.
_SURE_OF_ISSUE = 0.7
#: A complaint or a danger must be at least this sure when nothing else speaks for it.
_HALF_SURE = 0.4
#: Fewer characters without a word of danger are no report of one.
_SHORTEST_REPORT = 4
#: Questions before buying talk about dangers and media without being one (漏电保护, 曝光补偿).
_HARMLESS_STAGES = frozenset({"presale"})


def brings_person(turn: Turn) -> bool:
    """True when this turn was handed off, with the facts known so far."""
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
            complaint_kind={"complain_result": "result", "complain_repeat": "repeat"}.get(
                turn.intent, "service"
            )
        )
    demand = turn.entity("demand")
    if demand:
        turn.learn(demand=demand)
    judged = verdict(turn)
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
    if stage not in _HARMLESS_STAGES:
        danger = hit("safety", turn.text)
        felt = (
            turn.intent == "safety_hazard"
            and turn.confidence >= _HALF_SURE
            and len(turn.text) >= _SHORTEST_REPORT
        )
        if felt or (danger and turn.intent not in {"usage_howto", "usage_install"}):
            return "safety", danger or ""
        named = turn.entity("threat_channel") if stage == "complaint" else None
        channel = hit("threat", turn.text) or named
        if turn.intent == "threaten" or channel:
            return "threat", channel or ""
    if hit("privacy", turn.text) and stage not in _HARMLESS_STAGES:
        return "privacy", ""
    asks_person = turn.intent == "ask_human" and (
        not questions.expects_answer(turn) or questions.is_digression(turn)
    )
    if asks_person or hit("human", turn.text):
        return "requested", ""
    judged = verdict(turn).get("reason")
    score = turn.understanding.get("emotion_score")
    angry = turn.emotion == "angry"
    sure = turn.confidence >= _HALF_SURE or turn.emotion != "calm"
    swears = angry and isinstance(score, (int, float)) and score >= _OPEN_ANGER
    if stage == "complaint" and sure and not insists(turn) and (hit("complains", turn.text) or not swears):
        return "complaint", ""
    return (str(judged), "") if judged else None
