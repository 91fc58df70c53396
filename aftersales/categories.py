"""The 26 categories of a case and the intents that raise them (handbook section 9), read from data/categories.yml."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

import yaml

Stage = Literal["presale", "insale", "aftersale", "complaint", "service"]
#: Used where no issue is known.
OTHER = "service.other"
HUMAN = "service.human"


class CategoryError(ValueError):
    """data/categories.yml is not usable; the message is one Chinese line for a person."""


@dataclass(frozen=True, slots=True)
class Category:
    code: str
    name: str  # Chinese
    stage: Stage
    intents: tuple[str, ...]

    @property
    def is_issue(self) -> bool:
        """Does it say what the customer came for? (service.* does not.)"""
        return self.stage != "service"


@dataclass(frozen=True, slots=True)
class Categories:
    by_code: Mapping[str, Category]
    by_intent: Mapping[str, Category]

    def __contains__(self, code: object) -> bool:
        return code in self.by_code

    def get(self, code: str | None) -> Category:
        """The category of that code; service.other for an unknown or missing one, never an error."""
        return self.by_code.get(code or OTHER) or self.by_code[OTHER]

    def of_intent(self, intent: str | None) -> Category:
        """The category an intent raises; service.other for an intent that is not listed."""
        return self.by_intent.get(intent or "") or self.by_code[OTHER]


def load_categories(path: Path | str) -> Categories:
    """Read and check data/categories.yml. Fails with CategoryError (one Chinese line)."""
    file = Path(path)
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CategoryError(f"{file}: 文件不存在") from None
    except yaml.YAMLError as error:
        raise CategoryError(f"{file}: 不是合法的 YAML（{error}）") from None
    table = raw.get("categories") if isinstance(raw, dict) else None
    if not isinstance(table, dict) or not table:
        raise CategoryError(f"{file}: 缺少 categories")
    by_code: dict[str, Category] = {}
    by_intent: dict[str, Category] = {}
    for code, entry in table.items():
        category = _category(file, code, entry)
        by_code[code] = category
        for intent in category.intents:
            if intent in by_intent:
                raise CategoryError(f"{file}: 意图 {intent} 同时登记在 {by_intent[intent].code} 和 {code}")
            by_intent[intent] = category
    if OTHER not in by_code or HUMAN not in by_code:
        raise CategoryError(f"{file}: 必须有 {OTHER} 和 {HUMAN}")
    return Categories(by_code, by_intent)


def _category(file: Path, code: object, entry: object) -> Category:
    if not isinstance(code, str) or not isinstance(entry, dict):
        raise CategoryError(f"{file}: categories.{code} 必须是 {{name, stage, intents}}")
    name, stage, intents = entry.get("name"), entry.get("stage"), entry.get("intents")
    if not isinstance(name, str) or not name:
        raise CategoryError(f"{file}: categories.{code}.name 必须是文字")
    if stage not in get_args(Stage):
        raise CategoryError(
            f"{file}: categories.{code}.stage 必须是 {'、'.join(get_args(Stage))} 之一（现在是 {stage!r}）"
        )
    if not isinstance(intents, list) or not all(isinstance(one, str) and one for one in intents):
        raise CategoryError(f"{file}: categories.{code}.intents 必须是意图名的列表")
    return Category(code, name, cast(Stage, stage), tuple(intents))
