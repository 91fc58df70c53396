"""What designers break by accident is found, with the file and the line: each break of breaks.yml on a copy of data/, one
by one, in this process."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from designer.dialogue_check import check_dialogue
from designer.inputs import ROOT
from designer.labelled_check import check_labelled

COPIED = (
    "data/flows",
    "data/watchers",
    "data/emotion",
    "data/dialogue",
    "data/domain",
    "data/policy",
    "data/commands",
    "data/troubleshooting",
    "data/knowledge",
    "tests/commands",
)
NEAR = 2
"""A message may be so many lines away from what has to be changed."""


@dataclass(frozen=True)
class Break:
    """The first place of the pattern `old` becomes `new`; a message has `told` and stands near that place, or near the
    pattern `at` of the file `where` (of the broken copy). A folder as `where`: the line does not count."""

    what: str
    file: str
    old: str
    new: str
    told: str = ""
    where: str = ""
    at: str = ""


TABLE = yaml.safe_load(Path(__file__).with_name("breaks.yml").read_text(encoding="utf-8"))
BREAKS = [Break(**one) for group in TABLE.values() for one in group]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data")
    for folder in COPIED:
        shutil.copytree(ROOT / folder, root / folder)
    for file in ("domain.yml", "data/categories.yml"):
        shutil.copy(ROOT / file, root / file)
    return root


@pytest.fixture
def broken(copy: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Break, int]]:
    """The copy with one break in it, and the line at which a message is expected."""
    one: Break = request.param
    file = copy / one.file
    before = file.read_text(encoding="utf-8")
    match = re.search(one.old, before, re.MULTILINE)
    assert match is not None, f"{one.file} has no {one.old} any more: change breaks.yml"
    after = before[: match.start()] + match.expand(one.new) + before[match.end() :]
    assert after != before
    file.write_text(after, encoding="utf-8")
    line = before[: match.start()].count("\n") + 1
    if (copy / one.where).is_file():
        text = (copy / one.where).read_text(encoding="utf-8")
        place = re.search(one.at, text)
        assert place is not None, f"{one.where} has no {one.at} any more: change breaks.yml"
        line = text[: place.start()].count("\n") + 1
    yield one, line
    file.write_text(before, encoding="utf-8")


def test_the_shipped_data_has_no_problems(copy: Path) -> None:
    assert [*check_dialogue(copy), *check_labelled(copy)] == []


@pytest.mark.parametrize("broken", BREAKS, ids=[one.what for one in BREAKS], indirect=True)
def test_a_break_is_told_with_its_place(copy: Path, broken: tuple[Break, int]) -> None:
    one, line = broken
    told = [*check_dialogue(copy), *check_labelled(copy)]
    file = one.where or one.file
    fitting = [message for message in told if one.told in message and message.startswith(file)]
    if (copy / file).is_dir():
        assert fitting, told
        return
    places = [int(message.removeprefix(f"{file}:").split(" ", 1)[0]) for message in fitting]
    assert any(abs(place - line) <= NEAR for place in places), (f"{file}:{line}", told[:12])
