"""How often the right reply is among those that are suggested, on sentences written by hand (docs/reports/suggestions.md)."""

from pathlib import Path
from typing import Any

import pytest

from aftersales.lined_yaml import read_lined
from handoff.suggestions.offered import LIKE_SOLVED, alike_canned
from handoff.suggestions.similar import SimilarTexts
from handoff.suggestions.solved import for_anybody

FOUND, _ = read_lined(Path(__file__).with_name("samples.yml"))
REPLIES = [{"id": title, "title": title, "text": text} for title, text in FOUND["replies"].items()]
NONE = "none"


def suggested(words: str) -> list[str]:
    return [one["title"] for one in alike_canned(words, REPLIES)]


def measured(sentences: list[Any]) -> tuple[float, float, float]:
    """Shares: right first, right among three, something suggested where nothing fits."""
    fits = [(words, title) for words, title in sentences if title != NONE]
    others = [words for words, title in sentences if title == NONE]
    first = sum(suggested(words)[:1] == [title] for words, title in fits)
    among = sum(title in suggested(words) for words, title in fits)
    return first / len(fits), among / len(fits), sum(map(bool, map(suggested, others))) / len(others)


def test_canned_replies_on_sentences_that_chose_no_threshold() -> None:
    first, among, wrongly = measured(FOUND["sentences"][1::2])
    assert first >= 0.63, "measured .67"
    assert among >= 0.66, "measured .70"
    assert wrongly <= 0.2, "measured 0"


def test_answers_of_solved_cases_are_found_by_other_words_for_the_same() -> None:
    """Each sentence is looked for among all others, which stand with the answer that they were given."""
    told = dict(FOUND["replies"])
    asked = [one for one in FOUND["sentences"] if one[1] != NONE]
    right = wrong = 0
    for at, (words, title) in enumerate(asked):
        others = asked[:at] + asked[at + 1 :]
        texts = SimilarTexts([f"{one} {told[of]}" for one, of in others])
        for hit in texts.best(words, 1):
            if hit.score >= LIKE_SOLVED:
                right, wrong = right + (others[hit.at][1] == title), wrong + (others[hit.at][1] != title)
    assert right / len(asked) >= 0.48, "measured .52"
    assert right / (right + wrong) >= 0.77, "measured .81"


@pytest.mark.parametrize(
    "text",
    [
        "王小明您好，已经给您处理好了",
        "您的订单 202611010007 已经退款",
        "师傅 12 月 3 日上门，注意接电话",
        "打 13900112233 找我就行，随时都在",
        "好的收到",
        "单号是 SF1234，您自己查一下吧",
    ],
)
def test_what_is_about_one_customer_is_suggested_to_nobody_else(text: str) -> None:
    assert not for_anybody(text, ["王小明"])


def test_what_could_be_said_to_anybody() -> None:
    assert for_anybody("先把电源拔掉等一分钟，再插上长按电源键五秒。", ["王小明", ""])
