"""The data check tells a designer, in Chinese and with file and line, what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from designer import check, nlu_files
from designer.dialogue_check import check_dialogue
from designer.inputs import ROOT
from dialogue.context_table import read_context


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """A data folder of its own; call with a name below it and the content of a file."""
    for module in (check, nlu_files):
        for name in ("ROOT", "DATA_ROOT"):
            monkeypatch.setattr(module, name, tmp_path)
    monkeypatch.setattr(check, "NLU", tmp_path / "data" / "nlu")
    monkeypatch.setattr(check, "TEST", tmp_path / "tests" / "nlu")
    monkeypatch.setattr(check, "nlu_files", lambda: nlu_files.nlu_files(tmp_path / "data" / "nlu"))
    monkeypatch.setattr(check, "read_examples", lambda: nlu_files.read_examples(tmp_path / "data" / "nlu"))

    def write(name: str, content: str) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
        return file

    write(
        "data/categories.yml",
        "categories:\n  service.social: {name: 寒暄, stage: service, intents: [greet, bye]}\n",
    )
    write("domain.yml", "intents: [start]\n")
    write("data/dialogue/context.yml", "table: []\n")
    write("data/nlu/service.social/greet.yml", nlu("greet", [f"你好呀第{c}位" for c in LETTERS]))
    write("data/nlu/service.social/bye.yml", nlu("bye", [f"再见{c}{c}回头聊" for c in LETTERS]))
    return write


LETTERS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"


def nlu(intent: str, sentences: list[str], header: str = "# 意图：测试") -> str:
    lines = "\n".join(f"    - {s}" for s in sentences)
    return f'{header}\nversion: "3.1"\nnlu:\n- intent: {intent}\n  examples: |\n{lines}\n'


Write = Callable[[str, str], Path]
ENOUGH = [f"{c}你好{d}在吗" for c, d in zip(LETTERS, reversed(LETTERS), strict=True)]


def test_good_data_has_no_problems(data: Write) -> None:
    assert check.check_sentences() == []


def problem(data: Write, name: str, content: str) -> list[str]:
    data(name, content)
    return check.check_sentences()


def test_a_registered_intent_without_sentences(data: Write) -> None:
    found = problem(
        data,
        "data/categories.yml",
        "categories:\n  service.social: {name: 寒暄, stage: service, intents: [greet, bye, thanks]}\n",
    )
    assert any("thanks 没有训练句" in p for p in found)


def test_an_intent_that_is_not_registered(data: Write) -> None:
    found = problem(data, "data/nlu/service.social/chat.yml", nlu("chat", ENOUGH))
    assert found == ["data/nlu/service.social/chat.yml：意图 chat 没有登记在 data/categories.yml"]


def test_a_file_in_the_wrong_place(data: Write) -> None:
    (data("data/nlu/x/greet.yml", nlu("greet", ENOUGH)),)
    assert any("应放在 data/nlu/service.social/greet.yml" in p for p in check.check_sentences())


def test_a_missing_header(data: Write) -> None:
    found = problem(data, "data/nlu/service.social/greet.yml", nlu("greet", ENOUGH, header="# greet"))
    assert found == ["data/nlu/service.social/greet.yml:1 开头要有中文注释：这里放什么、不放什么、邻居意图"]


def test_too_few_sentences(data: Write) -> None:
    found = problem(data, "data/nlu/service.social/greet.yml", nlu("greet", ["你好"]))
    assert found == ["data/nlu/service.social/greet.yml：只有 1 句，至少要 20 句"]


def test_signs_that_rasa_would_read_as_its_own(data: Write) -> None:
    found = problem(data, "data/nlu/service.social/greet.yml", nlu("greet", [*ENOUGH, "[图](1)", "/greet"]))
    assert [p.split(" ", 1)[0] for p in found] == [
        "data/nlu/service.social/greet.yml:28",
        "data/nlu/service.social/greet.yml:29",
    ]


def test_nearly_the_same_sentence_twice(data: Write) -> None:
    found = problem(
        data,
        "data/nlu/service.social/greet.yml",
        nlu("greet", [*ENOUGH, "我想问一下你们在不在线呀", "我想问一下你们在不在线呀！"]),
    )
    assert len(found) == 1
    assert "greet.yml:29" in found[0]
    assert "第 28 行" in found[0]


def test_one_sentence_in_two_intents(data: Write) -> None:
    data("data/nlu/service.social/greet.yml", nlu("greet", [*ENOUGH, "拜拜了您呐"]))
    found = problem(
        data,
        "data/nlu/service.social/bye.yml",
        nlu("bye", [f"再见{c}{c}回头" for c in LETTERS] + ["拜拜了您呐"]),
    )
    assert len(found) == 1
    assert "只能属于一个意图" in found[0]


def test_a_test_sentence_in_training(data: Write) -> None:
    found = problem(
        data,
        "tests/nlu/balanced.tsv",
        f"{ENOUGH[0]}好\tservice.social\n你好呀第甲位\tservice.social\nx\tnope\n",
    )
    assert len(found) == 2
    assert "balanced.tsv:2" in found[0]
    assert "在训练里" in found[0]
    assert "balanced.tsv:3" in found[1]


def test_other_matters_of_a_turn(data: Write) -> None:
    found = problem(
        data,
        "tests/nlu/multi_intent.tsv",
        "甲事还有乙事\tservice.social\tnope\n甲事又甲事\tservice.social\tservice.social\n就一件事情\tservice.social\t-\n",
    )
    assert ["multi_intent.tsv:1" in found[0], "multi_intent.tsv:2" in found[1]] == [True, True]
    assert len(found) == 2


def test_emotion_lines(data: Write) -> None:
    data("data/emotion/train.tsv", "好的\tcalm\n好的！\tcalm\n差劲\tbad\n")
    found = problem(data, "tests/nlu/emotion.tsv", "好的\tcalm\n")
    assert len(found) == 3
    assert "train.tsv:2" in found[0]
    assert "train.tsv:3" in found[1]
    assert "emotion.tsv:1" in found[2]


CONTEXT = """table:
  - ask: 在吗
    intents: [greet]
    paid: bye
    signed: utter_hello
  - ask: 在不在
    intents: [greet, wave]
    paid: wave
    sold: bye
  - ask: 再见
    signed: bye
  - ask: 喂
    intents: [greet]
    paid: bye
follow_ups:
  - about: 问候之后
    after: [greet]
    words: ['(']
    meant: same
"""


def test_a_response_has_one_place(data: Write, tmp_path: Path) -> None:
    data("data/domain/order.yml", "# 订单\nresponses:\n  utter_paid: [{text: 付了}]\n")
    data("data/domain/people.yml", "# 人工\nresponses:\n\n  utter_paid: [{text: 已付}]\n")
    told = "data/domain/people.yml:4 utter_paid 已经写在 data/domain/order.yml:3，只能留一处"
    assert told in check_dialogue(tmp_path)


def test_data_domain_holds_responses_only(data: Write, tmp_path: Path) -> None:
    data("data/domain/order.yml", "# 订单\nintents: [greet]\n")
    assert any(
        one.startswith("data/domain/order.yml:2 这里只放 responses") for one in check_dialogue(tmp_path)
    )


def test_the_context_table_is_checked_with_lines(data: Write, tmp_path: Path) -> None:
    data("data/domain/order.yml", "responses:\n  utter_hello: [{text: '{item}，{colour}'}]\n")
    data("data/dialogue/context.yml", CONTEXT)
    problems = [one for one in check_dialogue(tmp_path) if "context.yml" in one]
    told = {one.split(" ", 1)[0].rsplit(":", 1)[1]: one for one in problems}
    assert "{colour}" in told["5"]
    assert "sold" in told["9"]
    assert "intents 和 sentences" in told["10"]
    assert "永远用不上" in told["14"]
    assert "写错的词" in told["18"]
    assert any("没有这个意图：wave" in one for one in problems)


def test_the_shipped_context_table_is_right() -> None:
    table, problems = read_context(ROOT / "data" / "dialogue" / "context.yml")
    assert problems == []
    assert len(table.rows) >= 12
