"""The learned parts of a model without Rasa around them: for `make parse`, `make eval` and experiments.

It reads the same files out of the model archive that Rasa's components read, so it answers as the bot does, but loads
in a second and needs no graph, no policies and no server.
"""

from __future__ import annotations

import json
import re
import tarfile
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.emotion.model import EmotionModel
from bot.encoder.encoder import Encoded
from bot.encoder.shared import shared_encoder
from bot.entities.extract import entities
from bot.entities.lookups import Lookups
from bot.handoff_model.judge import SessionJudge
from bot.intent.categories import OTHER, category_of, stage_of
from bot.intent.fallback import fallback_kind
from bot.intent.mixed import EncoderMix
from bot.intent.models import LOADERS, IntentModel
from bot.intent.multi_intent import segments, split_intents
from bot.intent.prepared import Prepared
from bot.intent.ranking import Ranking, ranked
from bot.questions.asked import asked
from bot.questions.model import QuestionModel
from bot.text.normalise import Normalised, normalised
from bot.text.prepare import prepared
from bot.text.words import Words
from bot.watchers.model import WatcherModel

CANDIDATES = 3
"""Likeliest intents that travel with a turn."""
_COMPONENT = re.compile(r"^(?:\./)?components/train_[\w.]*?(\w+?)\d+/([\w.]+)$")
_WANTED = (
    "StoreTokenizer",
    "StoreIntentClassifier",
    "StoreEntityExtractor",
    "EmotionTagger",
    "KnownQuestions",
    "Watchers",
)


@dataclass
class ParsedText:
    """What one sentence means. `category` is the best guess even where `intent` is `nlu_fallback`."""

    category: str
    intent: str
    confidence: float
    ranking: Ranking
    entities: list[dict[str, Any]]
    emotion: str
    emotion_score: float
    also: list[dict[str, str]] = field(default_factory=list)
    own: str = ""
    fallback: str | None = None
    emotion_about: str | None = None
    watch: dict[str, float] = field(default_factory=dict)
    questions: list[dict[str, Any]] = field(default_factory=list)


class NluModel:
    """A model's understanding, ready to be asked."""

    def __init__(
        self,
        words: Words,
        intents: IntentModel,
        lookups: Lookups,
        emotions: EmotionModel,
        limits: dict[str, float],
        mix: EncoderMix | None = None,
        questions: QuestionModel | None = None,
        watchers: WatcherModel | None = None,
    ) -> None:
        self._words = words
        self._intents = intents
        self._lookups = lookups
        self._emotions = emotions
        self._limits = limits
        self._mix = mix
        self._questions = questions
        self._watchers = watchers

    @classmethod
    def from_archive(cls, model: Path) -> NluModel:
        """The learned parts of a trained model file."""
        with _unpacked(model, _WANTED) as folder:
            configs = _configs(folder / "metadata.json")
            words = Words(
                json.loads((folder / "StoreTokenizer" / "store_words.json").read_text(encoding="utf-8"))
            )
            lookups = Lookups(
                json.loads((folder / "StoreEntityExtractor" / "lookups.json").read_text(encoding="utf-8"))
            )
            name = str(configs.get("StoreIntentClassifier", {}).get("model", "linear"))
            limits = configs.get("StoreFallbackClassifier", {})
            intents = LOADERS[name](folder / "StoreIntentClassifier")
            return cls(
                words,
                intents,
                lookups,
                EmotionModel.load(folder / "EmotionTagger"),
                {k: float(limits[k]) for k in ("threshold", "ambiguity", "ambiguity_below")},
                EncoderMix.load(folder / "StoreIntentClassifier", intents.labels, shared_encoder()),
                _questions(folder / "KnownQuestions"),
                WatcherModel.load(folder / "Watchers", shared_encoder()),
            )

    def parse(self, text: str) -> ParsedText:
        """Intent, category, entities and mood of one message."""
        normal = normalised(text)
        if not normal.text:
            return ParsedText(OTHER, "nlu_fallback", 0.0, [], [], "calm", 0.0)
        sentence = prepared(normal, self._words)
        encoder = shared_encoder()
        encoded = encoder.encode(sentence.text) if encoder is not None and sentence.text else None
        places = segments(normal.text)
        pieces = [prepared(normalised(normal.text[start:end]), self._words) for start, end in places]
        told_pieces = encoder.encode_all([p.text or " " for p in pieces]) if encoder else [None] * len(pieces)
        ranked_segments = [
            (start, end, self._ranked(piece, one))
            for (start, end), piece, one in zip(places, pieces, told_pieces, strict=True)
        ]
        told = split_intents(
            normal.text, self._ranked(sentence, encoded), ranked_segments, category_of, stage_of
        )
        ranking = told.ranking
        best, confidence = ranking[0]
        fallback = fallback_kind(ranking, category_of, **self._limits)
        mood, heat = self._emotions.classify(sentence, encoded)
        return ParsedText(
            category_of(best),
            "nlu_fallback" if fallback else best,
            confidence,
            ranking,
            entities(normal, self._lookups),
            mood,
            heat,
            [{"intent": i, "text": normal.words(a, b)} for i, a, b in told.others],
            normal.words(*told.own) if told.own and told.others else "",
            fallback,
            self._emotions.lexicon.about(sentence.text) if mood != "calm" else None,
            self._watched(sentence, encoded, list(zip(pieces, told_pieces, strict=True))),
            self._asked(normal, sentence, encoded, places, pieces, told_pieces),
        )

    def emotion(self, text: str) -> tuple[str, float]:
        """The mood alone, and its heat."""
        normal = normalised(text)
        if not normal.text:
            return "calm", 0.0
        sentence, encoder = prepared(normal, self._words), shared_encoder()
        return self._emotions.classify(sentence, encoder.encode(sentence.text) if encoder else None)

    def _watched(
        self,
        sentence: Prepared,
        encoded: Encoded | None,
        pieces: Sequence[tuple[Prepared, Encoded | None]],
    ) -> dict[str, float]:
        if encoded is None:
            return {}
        heard = [(piece, one) for piece, one in pieces if one is not None]
        return (
            encoded.watch
            if self._watchers is None
            else self._watchers.watch_with_pieces(sentence, encoded, heard)
        )

    def _asked(
        self,
        normal: Normalised,
        sentence: Prepared,
        encoded: Encoded | None,
        places: Sequence[tuple[int, int]],
        pieces: Sequence[Prepared],
        encoded_pieces: Sequence[Encoded | None],
    ) -> list[dict[str, Any]]:
        """The known questions that the message asks."""
        if self._questions is None:
            return []
        placed = [(start, end, piece) for (start, end), piece in zip(places, pieces, strict=True)]
        return asked(self._questions, normal, sentence, encoded, placed, encoded_pieces)

    def _ranked(self, sentence: Prepared, encoded: Encoded | None = None) -> Ranking:
        found = self._intents.probabilities(sentence)
        if self._mix is not None and encoded is not None:
            found = self._mix.mixed(found, encoded)
        return ranked(self._intents.labels, list(found), category_of)


def _questions(folder: Path) -> QuestionModel | None:
    """None in a model of before the known questions."""
    return QuestionModel.load(folder, shared_encoder()) if folder.is_dir() else None


def session_judge(model: Path) -> SessionJudge:
    """The judgement of whole conversations out of a trained model file."""
    with _unpacked(model, ("HandoffPolicy",)) as folder:
        return SessionJudge.load(
            folder / "HandoffPolicy", _configs(folder / "metadata.json").get("HandoffPolicy", {})
        )


@contextmanager
def _unpacked(model: Path, wanted: Collection[str]) -> Iterator[Path]:
    """The wanted components' files, each below its component's name."""
    with tempfile.TemporaryDirectory(prefix="anke-model-") as temporary, tarfile.open(model) as archive:
        folder = Path(temporary)
        for member in archive:
            name = member.name.removeprefix("./")
            match = _COMPONENT.match(name)
            if match and match.group(1) in wanted:
                target = folder / match.group(1) / match.group(2)
            elif name == "metadata.json":
                target = folder / name
            else:
                continue
            content = archive.extractfile(member)
            if content is not None:
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(content.read())
        yield folder


def _configs(metadata: Path) -> dict[str, dict[str, Any]]:
    """Configuration of each component as trained, by the component's class name."""
    nodes = json.loads(metadata.read_text(encoding="utf-8"))["predict_schema"]["nodes"]
    return {str(node["uses"]).rsplit(".", 1)[-1]: node.get("config") or {} for node in nodes.values()}
