"""What Rasa reads of the project: domain.yml with the responses beside it in data/domain and the intents of
data/categories.yml, sentences from data/nlu, stories from data/stories, and one story that says of every intent what is
true of all: action_dialogue answers it.

Why not the stock importer: it reads one domain file or one folder, and takes every file under data/ that has the key
`responses` for training data. data/ also holds flows, words and rules of the store that are none of Rasa's business.
Paths that somebody names (`rasa test nlu --nlu FILE`, `--data FOLDER`) are read as they are named.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.shared.core.constants import USER_INTENT_BACK, USER_INTENT_RESTART, USER_INTENT_SESSION_START
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.rasa import RasaFileImporter

from bot.dialogue_slot import ACTION
from bot.intent.categories import intents_to_categories

DATA = "data"
READ_BY_RASA = ("nlu", "stories")
RESPONSES = Path(DATA) / "domain"
CATEGORIES = Path(DATA) / "categories.yml"
COMMANDS = {USER_INTENT_BACK, USER_INTENT_RESTART, USER_INTENT_SESSION_START}
"""Intents that Rasa adds to every domain for its own shell."""


class ProjectImporter(RasaFileImporter):  # type: ignore[misc, unused-ignore]
    """Rasa's own reading of files, told where they are. Named in config.yml, so plain `rasa train` uses it."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(config_file, domain_path, narrowed(training_data_paths))

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """Those of the files, with `every_intent` when there are any: a folder of sentences alone trains no dialogue."""
        told = super().get_stories(exclusion_percentage)
        return told.merge(every_intent(self.get_domain())) if told.story_steps else told

    def get_domain(self) -> Domain:
        """domain.yml joined with what stands in data/ beside it; a folder, or no domain at all, as Rasa reads it."""
        return joined_domain(Path(self._domain_path)) if self._domain_path else super().get_domain()


def narrowed(paths: list[str] | str | None) -> list[str]:
    """A folder `data` stands for the parts of it that are Rasa's; other paths stay."""
    found: list[str] = []
    for path in [paths] if isinstance(paths, str) else paths or ():
        parts = [Path(path) / part for part in READ_BY_RASA] if Path(path).name == DATA else []
        found.extend([str(part) for part in parts if part.exists()] or [path])
    return found


def joined_domain(path: Path) -> Domain:
    """Raises as Rasa does when a file is wrong. The files in the order of their names, so that a model is reproducible."""
    responses = sorted((path.parent / RESPONSES).glob("*.yml")) if path.is_file() else []
    domain, registered = Domain.load([path, *responses]), path.parent / CATEGORIES
    listed = intents_to_categories(registered) if registered.is_file() else {}
    return domain.merge(Domain.from_dict({"intents": [{one: {"use_entities": []}} for one in listed]}))


def every_intent(domain: Domain) -> StoryGraph:
    """A story of every intent: `rasa data validate` asks where each is used, and data/flows is none of Rasa's."""
    if ACTION not in domain.user_actions:
        return StoryGraph([])
    ours = [one for one in domain.intents if one not in COMMANDS]
    steps = [step for intent in ours for step in ({"intent": intent}, {"action": ACTION})]
    story = {"version": "3.1", "stories": [{"story": "every intent", "steps": steps}]}
    return StoryGraph(YAMLStoryReader(domain).read_from_parsed_yaml(story))
