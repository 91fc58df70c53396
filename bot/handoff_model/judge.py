"""The judgement of a conversation so far, turn by turn: does it need a person (H43)? Rasa's policy asks it, and so do the
designers' tools, so that a conversation played in a terminal hands over where the running bot would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.handoff_model.model import HandoffModel
from bot.handoff_model.session_history import (
    SessionReader,
    current_utterance,
    input_text,
    previous_utterances,
)
from bot.handoff_model.verdict import Limits, Verdict, decide
from bot.text.words import Words, words_for

MODEL, WORDS = "handoff.json.gz", "words.txt"


class SessionJudge:
    """A trained model with its words and limits. `told` is a turn as the gateway sends it (`metadata.anke`)."""

    def __init__(self, model: HandoffModel, words: Words, limits: Limits) -> None:
        self._model = model
        self._reader = SessionReader(words)
        self._limits = limits

    @classmethod
    def load(cls, folder: Path, config: Mapping[str, Any]) -> SessionJudge:
        """From the files that the policy's training leaves; `config` holds the limits."""
        words = words_for(tuple((folder / WORDS).read_text(encoding="utf-8").splitlines()))
        return cls(HandoffModel.load(folder / MODEL), words, Limits.from_config(config))

    def moods(self, told: Mapping[str, Any], before: Sequence[float]) -> list[float]:
        """The heat of the last turns, oldest first; a new episode begins anew, buttons and events feel nothing."""
        if told["input"]["kind"] == "event":
            return []
        if told["input"]["kind"] == "button":
            return list(before)
        heat = float(told["understanding"].get("emotion_score") or 0.0)
        return [*before, round(heat, 2)][-self._limits.moods_kept :]

    def verdict(self, told: Mapping[str, Any], moods: Sequence[float], failed_answers: int) -> Verdict:
        """On this turn. `moods` as `moods` gave it; `failed_answers`: how often in a row the open question was missed."""
        now = input_text(told["input"])
        if told["input"]["kind"] not in {"text", "image", "video"} or not now:
            return Verdict(0.0)
        context = told.get("context") or {}
        said = current_utterance(now, context.get("now"), told["understanding"])
        session = self._reader.session([*previous_utterances(context.get("history") or []), said])
        return decide(
            score=self._model.score_last(session),
            session=session,
            text=now,
            understood=told["understanding"],
            moods=moods,
            misses=int(context.get("misses") or 0),
            failed_answers=failed_answers,
            limits=self._limits,
        )
