"""How often a known question of data/knowledge is found (H34, H35): no service runs, the current model is needed.

The floors lie a little below what was measured. asked.tsv has our own sentences; strangers.tsv was written by people who knew
no entry and labelled by others, so that it tells what customers meet; young.tsv asks for entries of one week by people who had read
their answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.store import load_dialogue
from designer import models_folder
from designer.known_questions import Found, measured, read_asked, scenes, told

FOLDER = Path(__file__).parent
#: File -> least precision, least coverage.
FLOORS = {"asked.tsv": (0.88, 0.80), "strangers.tsv": (0.73, 0.5), "young.tsv": (0.72, 0.42)}

pytestmark = pytest.mark.skipif(models_folder.current() is None, reason="no trained model")


@pytest.fixture(scope="module", params=FLOORS)
def found(request: pytest.FixtureRequest) -> tuple[str, Found]:
    name = str(request.param)
    return name, measured(scenes(read_asked(FOLDER / name), load_dialogue()))


def test_what_is_answered_was_asked(found: tuple[str, Found]) -> None:
    name, figures = found
    print(told(figures))
    assert figures.precision >= FLOORS[name][0]


def test_what_is_asked_is_answered(found: tuple[str, Found]) -> None:
    name, figures = found
    assert figures.coverage >= FLOORS[name][1]
