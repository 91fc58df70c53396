"""A point is written in a note only where the note writes of what is asked (H47)."""

from pathlib import Path

import pytest

from dialogue.notes import lacking, topics
from dialogue.words import Words, load_words

REFUND = "已登记安全事故，全额退款，今天安排快递上门取件检测，请勿再使用"
DATED = "同意退款，财务今天处理，1-3天到账"


@pytest.fixture(scope="module")
def words() -> Words:
    return load_words(Path(__file__).parents[2] / "data/dialogue")


@pytest.mark.parametrize(
    ("text", "note", "lacks"),
    [
        ("钱几天能到啊", REFUND, ["when"]),
        ("退款多久到账", REFUND, ["when"]),
        ("几点来取件", REFUND, []),
        ("钱几天能到啊", DATED, []),
        ("钱哪天到我卡里", "已退款259元，预计3天内", []),
    ],
)
def test_a_day_for_something_else_is_no_day(text: str, note: str, lacks: list[str], words: Words) -> None:
    assert lacking(text, note, words) == lacks


def test_topics_of_a_question(words: Words) -> None:
    assert "money" in topics("钱几天能到", words)
    assert "money" not in topics("发票几天开好", words)
