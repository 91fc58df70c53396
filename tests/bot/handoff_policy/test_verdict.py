"""When the session model, the mood and the dialogue's trouble together bring a person, and what a record then says."""

from __future__ import annotations

import math
from typing import Any

import pytest

from bot.handoff_model.session_history import SessionReader, current_utterance, previous_utterances
from bot.handoff_model.sessions import Session, Utterance
from bot.handoff_model.verdict import Limits, Verdict, decide

LIMITS = Limits()


class Letters:
    """Cuts into single characters, where jieba would need the bot's own environment."""

    def cut(self, text: str) -> list[tuple[str, int]]:
        return [(char, place) for place, char in enumerate(text)]


def session(*customer: str) -> Session:
    return tuple(Utterance("customer", tuple(text)) for text in customer)


def verdict(score: float, *texts: str, mood: str = "calm", heat: float = 0.1, **more: Any) -> Verdict:
    told = {"emotion": mood, "emotion_score": heat, **more.pop("understood", {})}
    given: dict[str, Any] = {"moods": [heat], "misses": 0, "failed_answers": 0, **more}
    return decide(
        score=score, session=session(*texts), text=texts[-1], understood=told, limits=LIMITS, **given
    )


def test_a_calm_turn_brings_nobody_but_keeps_its_score() -> None:
    assert verdict(0.3, "你好", "我的快递到哪了") == Verdict(0.3)


def test_open_anger_brings_a_person_at_once_with_its_evidence() -> None:
    found = verdict(0.1, "你们就是骗子", mood="angry", heat=0.95)
    assert found.reason == "anger"
    assert found.evidence[0] == "你们就是骗子"
    assert "情绪：生气（0.95）" in found.evidence


def test_scolding_the_carrier_needs_more_heat() -> None:
    about = {"understood": {"emotion_about": "carrier"}}
    assert verdict(0.1, "快递真垃圾", mood="angry", heat=0.8, **about).reason is None
    assert verdict(0.1, "快递真垃圾", mood="angry", heat=0.95, **about).reason == "anger"


def test_heat_that_lasts_counts_as_anger_without_one_outburst() -> None:
    assert verdict(0.1, "又来", mood="angry", heat=0.5, moods=[0.4, 0.5, 0.5]).reason == "anger"
    assert verdict(0.1, "又来", mood="angry", heat=0.5, moods=[0.0, 0.1, 0.5]).reason is None


@pytest.mark.parametrize(
    "tension", [{"mood": "displeased"}, {"misses": 1}, {"failed_answers": 1}], ids=["mood", "miss", "form"]
)
def test_tension_lowers_what_the_session_must_score(tension: dict[str, Any]) -> None:
    assert verdict(0.7, "查物流", "还没到").reason is None
    assert verdict(0.7, "查物流", "还没到", **tension).reason == "no_progress"
    assert verdict(0.95, "查物流", "还没到").reason == "no_progress"


def test_saying_the_same_again_is_named_a_repetition() -> None:
    found = verdict(0.7, "退款什么时候到", "退款什么时候到")
    assert found.reason == "repeat"
    assert "重复说过同样的话" in found.evidence


def test_the_first_message_is_never_judged_by_the_session_alone() -> None:
    assert verdict(0.99, "怎么还不发货", mood="displeased").reason is None


def test_what_was_said_before_a_person_spoke_is_over() -> None:
    history = [
        {"sender": "customer", "kind": "text", "text": "骗子"},
        {"sender": "agent", "kind": "text", "text": "已为您补发"},
        {"sender": "bot", "kind": "text", "text": "已经处理好了"},
        {"sender": "customer", "kind": "image", "text": ""},
        {"sender": "customer", "kind": "text", "text": "谢谢"},
    ]
    assert [one[:2] for one in previous_utterances(history)] == [
        ("shop", "已经处理好了"),
        ("customer", "谢谢"),
    ]


def test_signals_reach_the_model_as_the_log_tells_them() -> None:
    """Trained sessions and live ones carry the same four signals; what is unknown stays unknown."""
    history = [
        {
            "sender": "customer",
            "kind": "text",
            "text": "退货",
            "at": "2026-11-22T10:00:00.000Z",
            "confidence": 0.9,
        },
        {
            "sender": "bot",
            "kind": "text",
            "text": "哪一件",
            "at": "2026-11-22T10:00:01.000Z",
            "form_failed": 1.0,
        },
    ]
    reader = SessionReader(Letters())  # type: ignore[arg-type]
    now = current_utterance("随便", "2026-11-22T10:01:31.000Z", {"emotion_score": 0.4, "confidence": 0.3})
    first, second, third = reader.session([*previous_utterances(history), now])
    assert (first.role, first.confidence, first.form_failed) == ("customer", 0.9, 0.0)
    assert math.isnan(first.emotion)
    assert math.isnan(first.silence_s)
    assert (second.role, second.form_failed, second.silence_s) == ("shop", 1.0, 1.0)
    assert (third.emotion, third.confidence, third.silence_s) == (0.4, 0.3, 90.0)
