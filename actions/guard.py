"""What brings a person before anything else is tried: safety, threat, a request, complaint, anger (H12, H36, H43)."""

from actions import questions
from actions.turn import Turn

#: The model says "angry" with at least this score before anger alone outranks the kind of complaint.
_OPEN_ANGER = 0.8
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
    if reason == "anger" and stage_of(turn) == "complaint" and turn.facts.get("category"):
        turn.describe(turn.text)  # swearing is no new issue
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
    turn.hand_off(reason, [words or turn.text, *([turn.text] if words else [])])
    return True


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
    score = turn.understanding.get("emotion_score")
    angry = turn.emotion == "angry"
    sure = turn.confidence >= _HALF_SURE or turn.emotion != "calm"
    if (
        stage == "complaint"
        and sure
        and not insists(turn)
        and not (angry and isinstance(score, (int, float)) and score >= _OPEN_ANGER)
    ):
        return "complaint", ""
    if angry:
        return "anger", ""
    return None
