"""Rasa's policy for bringing a person (H43): the learned judgement of the session so far, and open anger.

One decision, one place. Here is decided what a model judges: is the customer angry enough, does the conversation as a
whole need a person. What words or the dialogue's memory decide (asked for, danger, threat, complaint, privacy, not
understood twice, a question that fails) the dialogue decides, which also carries out the verdict given here: the slot
`handoff` holds {score, reason, evidence}. This policy chooses no action (bot/dialogue_policy.py does), it sets slots.
"""

from __future__ import annotations

import logging
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
from bot.handoff_model.judge import MODEL, WORDS, SessionJudge
from bot.handoff_model.model import HandoffModel
from bot.handoff_model.sessions import read_sessions
from bot.handoff_model.verdict import Limits
from bot.handoff_model.words import split_words
from bot.text.words import dictionary_lines, words_for

logger = logging.getLogger(__name__)
VERDICT, MOODS = "handoff", "moods"
"""Slots: the verdict of this turn, and how the customer felt at the last turns."""


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
        judge: SessionJudge | None = None,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context, featurizer)
        self._judge = judge

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
            judge = SessionJudge.load(Path(folder), config)
        return cls(config, model_storage, resource, execution_context, judge=judge)

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
        assert self._judge is not None
        moods = self._judge.moods(told, tracker.get_slot(MOODS) or [])
        dialogue = tracker.get_slot(SLOT) if SLOT in tracker.slots else None
        verdict = self._judge.verdict(told, moods, failed_answers(dialogue))
        return self._prediction(nothing, events=[SlotSet(VERDICT, verdict.as_slot()), SlotSet(MOODS, moods)])
