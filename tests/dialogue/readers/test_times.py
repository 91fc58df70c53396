"""Times said in words, to a question whose choices are stretches of time. Today is Sunday, 22 November."""

from __future__ import annotations

import pytest

from dialogue.readers import times
from tests.dialogue.readers.meaning_scenes import frame, scene

SHOWN = {
    "s1": "11月23日 09:00-12:00",
    "s2": "11月23日 14:00-18:00",
    "s3": "11月24日 09:00-12:00",
    "s4": "11月24日 14:00-18:00",
    "s5": "11月27日 14:00-18:00",
}


def read(text: str, shown: dict[str, str] = SHOWN) -> object:
    """The choice, or the list of those that are left; None where the words say nothing of time."""
    at = scene(text, frames=[frame("home_visit", "visit", {"names": {"visit": shown}})])
    return next((one.value for one in times.read(at)), None)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("明天上午", "s1"),
        ("明天下午三点以后", "s2"),
        ("后天早上吧", "s3"),
        ("11月24号上午 按不来按钮", "s3"),
        ("二十四号 下午", "s4"),
        ("周五", "s5"),
        ("星期五下午吧 我在家", "s5"),
        ("周一早点", "s1"),
        ("明天不行 后天下午", "s4"),
        ("十一月二十三日下午", "s2"),
    ],
)
def test_one_that_fits_is_chosen(text: str, chosen: str) -> None:
    assert read(text) == chosen


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("明天", ["s1", "s2"]),
        ("上午都行", ["s1", "s3"]),
        ("明天没空 要上班", ["s3", "s4", "s5"]),
        ("周六上午吧", []),
        ("今天能来吗", []),
        ("晚上八点", []),
    ],
)
def test_several_or_none_narrow_the_question(text: str, left: list[str]) -> None:
    assert read(text) == left


@pytest.mark.parametrize("text", ["都可以", "怎么收费", "你们打电话约吧", "师傅姓什么", "这几天都没空"])
def test_words_without_a_time(text: str) -> None:
    assert read(text) is None


def test_choices_that_are_no_times_are_left_alone() -> None:
    assert read("明天上午", {"later": "以后再说"}) is None
