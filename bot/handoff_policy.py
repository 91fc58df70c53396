"""Rasa's policy for bringing a person (H43): the learned judgement of the session so far, and open anger.

One decision, one place. Here is decided what a model judges: is the customer angry enough, does the conversation as a
whole need a person. What words or the dialogue's memory decide (asked for, danger, threat, complaint, privacy, not
understood twice, a question that fails) the dialogue decides, which also carries out the verdict given here: the slot
`handoff` holds {score, reason, evidence}. This policy chooses no action (bot/dialogue_policy.py does), it sets slots.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue_slot import SLOT, failed_answers
from bot.fingerprint import code_fingerprint
from bot.handoff_model.model import HandoffModel
from bot.handoff_model.session_history import (
    SessionReader,
    current_utterance,
    input_text,
    previous_utterances,
)
from bot.handoff_model.sessions import read_sessions
from bot.handoff_model.verdict import Limits, Verdict, decide
from bot.handoff_model.words import split_words
from bot.text.words import Words, dictionary_lines, words_for

logger = logging.getLogger(__name__)
VERDICT, MOODS = "handoff", "moods"
"""Slots: the verdict of this turn, and how the customer felt at the last turns."""
MODEL, WORDS = "handoff.json.gz", "words.txt"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class HandoffPolicy(Policy):
    """Configured as `bot.handoff_policy.HandoffPolicy`; the thresholds stand in config.yml."""

    @staticmethod
    def supported_data() -> SupportedData:
        return SupportedData.ML_AND_RULE_DATA

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "priority": 1,
            "max_history": None,
            "sessions": "data/handoff/sessions.jsonl",
            "dictionary": "data/nlu/jieba",
            **Limits().as_config(),
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when sessions, dictionary or code change."""
        return code_fingerprint(config["sessions"], config["dictionary"])

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        featurizer: Any = None,
        model: HandoffModel | None = None,
        words: Words | None = None,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context, featurizer)
        self._model = model
        self._reader = SessionReader(words) if words else None
        self._limits = Limits.from_config(config)

    def train(self, training_trackers: list[DialogueStateTracker], domain: Domain, **kwargs: Any) -> Resource:
        """Fit on the labelled sessions (not on Rasa's stories) and keep the word list with the model."""
        lines = dictionary_lines(Path(self.config["dictionary"]))
        words = words_for(tuple(lines))
        sessions = read_sessions(Path(self.config["sessions"]), lambda text: split_words(text, words))
        model = HandoffModel.fit(sessions)
        logger.info("转人工判断：%d 个会话，F1 最优阈值 %.2f", len(sessions), model.threshold)
        with self._model_storage.write_to(self._resource) as folder:
            model.save(Path(folder) / MODEL)
            (Path(folder) / WORDS).write_text("\n".join(lines), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> HandoffPolicy:
        """The policy with its model as trained, so that a swap or a rollback changes the judgement too."""
        with model_storage.read_from(resource) as folder:
            model = HandoffModel.load(Path(folder) / MODEL)
            words = words_for(tuple((Path(folder) / WORDS).read_text(encoding="utf-8").splitlines()))
        return cls(config, model_storage, resource, execution_context, model=model, words=words)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Judge each turn once, right after the customer spoke; Rasa applies the slots whichever policy is chosen."""
        nothing = self._default_predictions(domain)
        told = (tracker.latest_message.metadata or {}).get("anke") if tracker.latest_message else None
        if not told or VERDICT not in tracker.slots or tracker.latest_action_name != ACTION_LISTEN_NAME:
            return self._prediction(nothing)
        moods = self._moods(told, tracker.get_slot(MOODS) or [])
        dialogue = tracker.get_slot(SLOT) if SLOT in tracker.slots else None
        verdict = self._verdict(told, moods, failed_answers(dialogue))
        return self._prediction(nothing, events=[SlotSet(VERDICT, verdict.as_slot()), SlotSet(MOODS, moods)])

    def _moods(self, told: Mapping[str, Any], before: Sequence[float]) -> list[float]:
        """The heat of the last turns, oldest first; a new episode begins anew, buttons and events feel nothing."""
        if told["input"]["kind"] == "event":
            return []
        if told["input"]["kind"] == "button":
            return list(before)
        heat = float(told["understanding"].get("emotion_score") or 0.0)
        return [*before, round(heat, 2)][-self._limits.moods_kept :]

    def _verdict(self, told: Mapping[str, Any], moods: Sequence[float], failed: int) -> Verdict:
        now = input_text(told["input"])
        if told["input"]["kind"] not in {"text", "image", "video"} or not now:
            return Verdict(0.0)
        assert self._model is not None
        assert self._reader is not None
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
            failed_answers=failed,
            limits=self._limits,
        )
