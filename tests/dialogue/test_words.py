"""data/dialogue is loaded once and told with file and line when something is wrong in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dialogue.words import Hit, Words, WordsError, load_words
from dialogue.words_check import check_words

ROOT = Path(__file__).resolve().parents[2]
Changed = Callable[..., Path]


@pytest.fixture(scope="module")
def words() -> Words:
    return load_words(ROOT / "data" / "dialogue")


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """A copy of data/ in which one file of data/dialogue was changed."""

    def change(file: str, before: str, after: str) -> Path:
        data = tmp_path / "data"
        for part in ("dialogue", "flows"):
            shutil.copytree(ROOT / "data" / part, data / part)
        shutil.copy(ROOT / "data" / "categories.yml", data)
        path = data / "dialogue" / file
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after, 1), "utf-8")
        return data / "dialogue"

    return change


def test_words_have_places(words: Words) -> None:
    assert words.find("watchers.safety", "锅冒烟了又着火") == [Hit(1, 3, "冒烟"), Hit(5, 7, "着火")]
    assert words.hit("watchers.safety", "锅很好") is None
    assert words.find("answers.repeat", "再说一遍")[0].span == (0, 4)


def test_codes_are_in_the_order_of_the_file(words: Words) -> None:
    assert list(words.codes("acts"))[:2] == ["cancel_order", "return_request"]
    assert "quality" in words.codes("reason")
    assert set(words.codes("watchers.not_meant")) == {"human", "privacy", "safety", "threat"}
    assert words.codes("no_such_group") == {}


def test_labels_counts_and_limits(words: Words) -> None:
    assert words.label("order_state", "paid") == "已付款，待发货"
    assert words.label("order_state", "new_state") == "new_state"
    assert words.counts.misses_before_person == 2
    assert 0 < words.limits["whole_answer"] <= 1
    assert words.context.rows


@pytest.mark.parametrize(
    ("file", "before", "after", "message"),
    [
        ("answers.yml", "skip: [", "skip: ['(', ", "写错的词"),
        ("answers.yml", "skip: [", "skip: [yes, ", "要加引号"),
        ("answers.yml", "skip: [", "skip: [{a: b}, ", "要写成一个词"),
        ("watchers.yml", "again: [", "safety: [", "写了两次"),
        ("limits.yml", "short_chars: 12", "short_chars: 很短", "要写一个数"),
        ("counts.yml", "misses_before_person: 2", "misses_before_person: 0", "正整数"),
        ("counts.yml", "misses_before_person: 2", "misses: 2", "要正好写这几项"),
        ("labels.yml", "order_state:", "order_state: 状态\nsome:", "代码: 中文名"),
        ("goods.yml", "human: [", "human: [[], ", "要写成一个词"),
        ("context.yml", "    unpaid: cancel_order", "    unpayd: cancel_order", "不认识"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(
    changed: Changed, file: str, before: str, after: str, message: str
) -> None:
    folder = changed(file, before, after)
    shipped, _, _ = (ROOT / "data" / "dialogue" / file).read_text("utf-8").partition(before)
    line = shipped.count("\n") + 1 + after.count("\n")
    with pytest.raises(WordsError) as wrong:
        load_words(folder)
    assert message in str(wrong.value)
    assert str(wrong.value).startswith(f"data/dialogue/{file}:")
    if file not in {"counts.yml", "labels.yml"}:  # told of the file, or of the key's own line
        assert f":{line} " in str(wrong.value)


@pytest.mark.parametrize(
    ("file", "before", "after", "message"),
    [
        ("answers.yml", "\nskip: [", "\nskips: [没用]\nskip: [", "没有地方用到“skips”"),
        ("answers.yml", '"yes": [', '"yes": [取消订单吧, ', "不能当作答应"),
        ("answers.yml", '"yes": [', '"yes": [免了, ', "既写在 yes 里又写在 no 里"),
        ("acts.yml", "cancel_order:", "cancel_orders:", "没有这个意图"),
        ("watchers.yml", "\ninsist: [", "\ninsists: [", "缺少“insist”"),
    ],
)
def test_the_check_lists_what_contradicts_itself(
    changed: Changed, file: str, before: str, after: str, message: str
) -> None:
    assert any(message in told for _, _, told in check_words(changed(file, before, after)))


def test_two_codes_of_a_choice_may_not_share_a_word(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data" / "dialogue", tmp_path / "dialogue")
    file = tmp_path / "dialogue" / "choices.yml"
    file.write_text("part:\n  number: [单号]\n  carrier: [快递单号, 哪家]\n", "utf-8")
    found = [
        (line, told)
        for name, line, told in check_words(tmp_path / "dialogue")
        if name.endswith("choices.yml")
    ]
    assert found == [(3, "“快递单号”同时算作 number（第 2 行）和 carrier")]


def test_nothing_is_wrong_with_the_words_that_are_shipped() -> None:
    shipped = list(check_words(ROOT / "data" / "dialogue"))
    assert [one for one in shipped if not one[0].endswith("choices.yml")] == []
