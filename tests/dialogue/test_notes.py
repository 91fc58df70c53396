"""What a later message asks of a colleague's note (H47): shared words, numbers, topics; points that the note leaves open."""

from pathlib import Path

import pytest

from dialogue.notes import lacking, points, promises, shared
from dialogue.words import Words, load_words

BOWLS = "已安排补发2个碗，预计3天内寄出，坏的不用寄回"
CALL = "已登记换新，48小时内有专员打电话给您"


@pytest.fixture(scope="module")
def words() -> Words:
    return load_words(Path(__file__).parents[2] / "data/dialogue")


@pytest.mark.parametrize(
    ("text", "note"),
    [("那碗几时寄到", BOWLS), ("三天内能到不", BOWLS), ("补发的那个呢", BOWLS), ("48小时咋算", CALL)],
)
def test_words_and_numbers_are_shared(text: str, note: str, words: Words) -> None:
    found = shared(text, note, words)
    assert found.words or found.numbers


@pytest.mark.parametrize("text", ["什么时候联系我", "你们现在可以处理吗", "预计几天"])
def test_common_words_share_nothing(text: str, words: Words) -> None:
    assert not shared(text, BOWLS, words).words


def test_a_topic_that_the_note_has_not_is_foreign(words: Words) -> None:
    found = shared("发票几天开好", BOWLS, words)
    assert found.foreign
    assert not found.topics


@pytest.mark.parametrize(
    ("text", "note", "lacks"),
    [
        ("几时寄到 单号发我", BOWLS, ["number"]),
        ("坏的要寄回去吗", BOWLS, []),
        ("坏的要寄回去吗", CALL, ["back"]),
        ("从啥时候开始算", CALL, ["from"]),
        ("退多少钱", BOWLS, ["amount"]),
        ("运费谁出", CALL, ["freight"]),
    ],
)
def test_what_the_note_leaves_open(text: str, note: str, lacks: list[str], words: Words) -> None:
    assert lacking(text, note, words) == lacks


def test_the_start_of_a_period_is_no_question_for_its_end(words: Words) -> None:
    assert points("从几时开始算", words) == ["from"]


def test_what_is_done_is_promised(words: Words) -> None:
    assert promises(CALL, words)
    assert not promises("请您自行到页面操作", words)
