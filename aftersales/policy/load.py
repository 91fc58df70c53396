"""Read data/policy/*.yml. A store edits these files, so every mistake is one clear Chinese line with file and line number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from aftersales.lined_yaml import Lined, line_at, read_lined
from aftersales.policy.checks import Place, check_together
from aftersales.policy.durations import put_durations
from aftersales.policy.model import Policy
from aftersales.validation_messages import message_for, place_of

FILES = tuple(Policy.model_fields)


class PolicyError(ValueError):
    """The policy cannot be used. `lines` has every mistake, one Chinese line each (`file:line …`); str() joins them."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def load_policy(directory: Path | str, *, categories: frozenset[str] | None = None) -> Policy:
    """Read and check all policy files of `directory`; fails with PolicyError that names every mistake.

    With `categories` (the codes of data/categories.yml) it also checks that every category has its rule.
    """
    base = Path(directory)
    raw: dict[str, Lined] = {}
    lines: list[str] = []
    for name in FILES:
        raw[name], wrong = read_lined(base / f"{name}.yml")
        lines += [f"{_shown_file(base, name)}:{line} {message}" for line, message in wrong]
    if lines:
        raise PolicyError(lines)
    lines += [_told(base, raw, place, message) for place, message in put_durations(raw)]
    try:
        policy = Policy.model_validate(raw)
    except ValidationError as error:
        raise PolicyError([*lines, *_invalid(base, raw, error.errors())]) from None
    lines += [_told(base, raw, place, message) for place, message in check_together(policy, categories)]
    if lines:
        raise PolicyError(lines)
    return policy


def _invalid(base: Path, raw: dict[str, Lined], errors: Sequence[ErrorDetails]) -> Iterator[str]:
    for one in errors:
        place = place_of(one)
        yield _told(base, raw, place, f"{_dotted(place)} {message_for(one, place)}")


def _told(base: Path, raw: dict[str, Lined], place: Place, message: str) -> str:
    """data/policy/returns.yml:6 no_reason.window_days 必须是正整数（现在是 "七"）"""
    file, *rest = place
    return f"{_shown_file(base, str(file))}:{line_at(raw[str(file)], rest)} {message}"


def _shown_file(base: Path, name: str) -> str:
    """The file as the person who edits it knows it: the store's own folder reads data/policy wherever it stands."""
    folder = Path("data/policy") if base.parts[-2:] == ("data", "policy") else base
    return f"{folder / name}.yml"


def _dotted(place: Place) -> str:
    return ".".join(str(one) for one in place[1:]) or "整个文件"
