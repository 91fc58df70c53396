"""Which variation of a response is said: never the sentence that was said last.

Why: a person does not repeat the same sentence twice in a row (issue 3), and Rasa picks at random. Wording and its
variations stay in data/domain; with a single variation there is nothing to choose from and it is said again.
"""

from __future__ import annotations

import hashlib
import logging
import time
from pathlib import Path
from typing import Any

import yaml
from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.data_root import data_root
from bot.turn import current_turn

logger = logging.getLogger(__name__)
WORDING = data_root() / "data" / "domain"
LOOK_EVERY = 1.0
"""Seconds between two looks at the files of data/domain."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LOOK_BACK = 6
"""Bot sentences that are not to be repeated while another variation exists."""


class NewestWording:
    """The model's responses with those of data/domain over them, read again when a file changed (looked at once a second).

    A file that cannot be read changes nothing; it is told once in the log. Payloads of buttons are plain JSON there too."""

    def __init__(self, folder: Path, of_model: dict[str, list[dict[str, Any]]]) -> None:
        self._folder, self._of_model = folder, of_model
        self._seen: tuple[tuple[str, int, int], ...] = ()
        self._looked = -LOOK_EVERY
        self._current = of_model

    def current(self) -> dict[str, list[dict[str, Any]]]:
        """response -> its variations, as of now."""
        now = time.monotonic()
        if now - self._looked >= LOOK_EVERY:
            self._looked = now
            folder = self._folder.resolve()  # a link that leads elsewhere now is a change
            seen = tuple(
                (str(file), file.stat().st_mtime_ns, file.stat().st_size)
                for file in sorted(folder.glob("*.yml"))
            )
            if seen != self._seen:
                self._seen = seen
                self._current = self._read(folder)
        return self._current

    def _read(self, folder: Path) -> dict[str, list[dict[str, Any]]]:
        found = dict(self._of_model)
        try:
            for file in sorted(folder.glob("*.yml")):
                content = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER) or {}  # noqa: S506
                found.update(
                    Domain.from_dict(
                        {"version": "3.1", "responses": content.get("responses") or {}}
                    ).responses
                )
        except Exception as error:
            logger.error("data/domain 读不了，先用原来的话：%s", str(error).splitlines()[0])
            return self._current
        return found


class VariedResponses(TemplatedNaturalLanguageGenerator):
    """Configured in endpoints.yml as `nlg: {type: bot.nlg.VariedResponses}`."""

    def __init__(self, endpoint_config: Any = None, domain: Domain | None = None) -> None:
        super().__init__(domain.responses if domain else {})
        self._newest = NewestWording(WORDING, dict(self.responses))

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The response filled with slots and values; among suitable variations the one said longest ago."""
        self.responses = self._newest.current()
        slots = tracker.current_slot_values()
        suitable = (
            ResponseVariationFilter(self.responses).responses_for_utter_action(
                utter_action, output_channel, slots
            )
            if utter_action in self.responses
            else []
        )
        if not suitable:
            return None
        recent = _recent_sentences(tracker)
        order = _starting_at(suitable, f"{tracker.sender_id}/{len(tracker.events)}/{utter_action}")
        filled = [self._fill_response(_copied(variation), slots, **kwargs) for variation in order]
        chosen = min(filled, key=lambda response: _staleness(response.get("text"), recent))
        turn = current_turn.get()
        if turn is not None and chosen.get("text"):
            turn.said.append(chosen["text"])
        return chosen


def _recent_sentences(tracker: DialogueStateTracker) -> list[str]:
    """The bot's last sentences, oldest first, with those of this very turn at the end."""
    earlier: list[str] = []
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered) and event.text:
            earlier.append(event.text)
            if len(earlier) == LOOK_BACK:
                break
    turn = current_turn.get()
    return [*reversed(earlier), *(turn.said if turn else [])]


def _staleness(text: str | None, recent: list[str]) -> int:
    """0 for a sentence not said lately, higher the more recently it was said."""
    for distance, said in enumerate(reversed(recent)):
        if said == text:
            return len(recent) - distance
    return 0


def _starting_at(variations: list[dict[str, Any]], seed: str) -> list[dict[str, Any]]:
    """The variations rotated by the turn: varied between conversations, the same when a turn is run again."""
    start = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big") % len(variations)
    return variations[start:] + variations[:start]


def _copied(response: dict[str, Any]) -> dict[str, Any]:
    """Deep enough that filling the blanks never writes into the domain."""
    return {
        k: (
            [dict(b) if isinstance(b, dict) else b for b in v]
            if isinstance(v, list)
            else dict(v)
            if isinstance(v, dict)
            else v
        )
        for k, v in response.items()
    }
