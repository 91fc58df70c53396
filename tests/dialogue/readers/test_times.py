"""Times that are offered as choices, told in words of one's own."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from dialogue.flows import SlotSpec
from dialogue.readers import times
from dialogue.readers.wanted import Wanted
from dialogue.state import Frame
from tests.dialogue.readers.value_scenes import NOW, scene

#: A Sunday; the choices are the three days that follow.
SHOWN = {
    "a": "11月23日 09:00-12:00",
    "b": "11月23日 14:00-18:00",
    "c": "11月24日 09:00-12:00",
    "d": "11月24日 14:00-18:00",
    "e": "11月25日 09:00-12:00",
}


@pytest.fixture(autouse=True)
def choices_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Wanted("home_visit", SlotSpec("visit", "choice", 1), Frame("home_visit", ""), True, SHOWN)
    monkeypatch.setattr(times, "wanted", lambda *_: iter([one]))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("明天上午", "a"),
        ("明早吧", "a"),
        ("后天下午行不", "d"),
        ("周三吧 上午", "e"),
        ("11月24号上午 按不来按钮", "c"),
        ("24号下午", "d"),
        ("二十五号", "e"),
        ("明天不行 后天早上", "c"),
        ("越早越好", "a"),
        ("大后天", "e"),
        ("明天", None),  # two of them
        ("下午", None),
        ("12月9日上午", None),
        ("师傅姓啥", None),
    ],
)
def test_the_only_time_that_fits(text: str, code: str | None) -> None:
    assert datetime(2026, 11, 22, 6, 0, tzinfo=timezone.utc) == NOW
    assert next((one.value for one in times.read(scene(text))), None) == code
