"""From the model's score and what else is known of the turn to a verdict: a person or not, why, and on what evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from bot.handoff_model.session_features import SessionFeatures
from bot.handoff_model.sessions import Session

MOOD_NAMES = {"calm": "平静", "displeased": "不满", "angry": "生气"}


@dataclass(frozen=True)
class Limits:
    """From when on a person is brought; 0 to 1 unless said otherwise. Chosen from curves: docs/reports/handoff.md."""

    anger: float = 0.7  # heat of this message alone
    anger_elsewhere: float = 0.9  # the same when only the carrier is scolded
    lasting_anger: float = 0.45  # mean heat of the last three messages
    score: float = 0.9  # the session's score, when nothing else speaks for it
    score_tense: float = 0.6  # the session's score, when customer or dialogue are tense (see `is_tense`)
    repetition: float = 0.6  # share of words said before by the customer that makes it a repetition
    least_turns: int = 2  # customer turns before the session's score alone may decide
    moods_kept: int = 12  # turns

    def as_config(self) -> dict[str, Any]:
        """The defaults, for Rasa's component configuration."""
        return asdict(self)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Limits:
        """The limits among a component's configuration."""
        return cls(**{f.name: config[f.name] for f in fields(cls) if f.name in config})


@dataclass(frozen=True)
class Verdict:
    """`reason` is a trigger of the contract or None: no person needed. `evidence` is for the person's record."""

    score: float
    reason: str | None = None
    evidence: tuple[str, ...] = ()

    def as_slot(self) -> dict[str, Any]:
        """Plain JSON for the tracker."""
        return {"score": self.score, "reason": self.reason, "evidence": list(self.evidence)}


def decide(
    *,
    score: float,
    session: Session,
    text: str,
    understood: Mapping[str, Any],
    moods: Sequence[float],
    misses: int,
    failed_answers: int,
    limits: Limits,
) -> Verdict:
    """The verdict on this turn. `moods`: heat of the last turns with this one; `misses`: not understood in a row."""
    heat = float(understood.get("emotion_score") or 0.0)
    mood = str(understood.get("emotion") or "calm")
    score = round(score, 4)
    repeated = repetition(session) >= limits.repetition
    is_tense = mood != "calm" or repeated or misses > 0 or failed_answers > 0
    customer_turns = sum(u.role == "customer" for u in session)
    elsewhere = understood.get("emotion_about") == "carrier"
    lasting = len(moods) >= 3 and sum(moods[-3:]) / 3 >= limits.lasting_anger
    if heat >= (limits.anger_elsewhere if elsewhere else limits.anger) or (lasting and mood == "angry"):
        reason = "anger"
    elif customer_turns >= limits.least_turns and score >= (limits.score_tense if is_tense else limits.score):
        reason = "anger" if mood == "angry" else "repeat" if repeated else "no_progress"
    else:
        return Verdict(score)
    evidence = [text, f"情绪：{MOOD_NAMES.get(mood, mood)}（{heat:.2f}）", f"会话判断：{score:.2f}"]
    if len(moods) > 1:
        evidence.append("情绪走势：" + "→".join(f"{one:.1f}" for one in moods[-5:]))
    if repeated:
        evidence.append("重复说过同样的话")
    elif misses or failed_answers:
        evidence.append(f"没听懂 {misses} 次，没答上 {failed_answers} 次")
    return Verdict(score, reason, tuple(evidence))


def repetition(session: Session) -> float:
    """How much of what the customer says now was in one of the customer's earlier utterances, 0 to 1."""
    context = SessionFeatures()
    context.said = [frozenset(u.tokens) for u in session[:-1] if u.role == "customer"]
    return context.repetition(frozenset(session[-1].tokens))
