"""docs/designers.zh-CN.md does what it says: each worked example is done on a copy of data/ exactly as it is written there,
checked with the check, and played through the dialogue. The guide's own lines and code blocks are what is applied."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from actions.store import load_dialogue
from aftersales.decisions import load_decisions
from bot.questions.files import read_questions
from designer import check, nlu_files
from designer.available import told
from designer.dialogue_check import check_dialogue
from designer.imagined import NOW, ORDER_NO, PHONE, Imagined
from designer.inputs import ROOT
from designer.labelled_turns import read_rows
from dialogue.message import AskedEntry, Circumstances, Message
from dialogue.outcome import Gateway, Say
from dialogue.scene import Store
from dialogue.turn import take_turn

GUIDE = ROOT / "docs" / "designers.zh-CN.md"
COPIED = ("data", "tests/commands", "tests/nlu")
BLOCK = r"：\n```\w+\n(?P<text>.*?)```"
#: How the guide says what to change.
NEW = re.compile(r"^新文件 `(?P<file>[^`]+)`" + BLOCK, re.M | re.S)
END = re.compile(r"^`(?P<file>[^`]+)` 末尾加上" + BLOCK, re.M | re.S)
BESIDE = re.compile(r"^`(?P<file>[^`]+)`，在 `(?P<at>[^`]+)` (?P<side>上|下)面加上" + BLOCK, re.M | re.S)
REPLACE = re.compile(r"`(?P<file>[^`]+)`，把 `(?P<old>[^`]+)` 换成 `(?P<new>[^`]+)`。")


@dataclass(frozen=True)
class Change:
    """One change that the guide asks for, at its place in the text."""

    place: int
    file: str
    found: re.Match[str]

    def apply(self, root: Path) -> None:
        path, parts = root / self.file, self.found.groupdict()
        if self.found.re is NEW:
            assert not path.exists(), f"{self.file} exists already"
            path.write_text(parts["text"], encoding="utf-8")
            return
        before = path.read_text(encoding="utf-8")
        if self.found.re is END:
            path.write_text(before + parts["text"], encoding="utf-8")
            return
        wanted = parts["old"] if self.found.re is REPLACE else parts["at"]
        assert before.count(wanted) == 1, f"{self.file} has {before.count(wanted)} times {wanted}"
        if self.found.re is REPLACE:
            path.write_text(before.replace(wanted, parts["new"]), encoding="utf-8")
            return
        lines = before.splitlines(keepends=True)
        at = next(place for place, line in enumerate(lines) if wanted in line)
        at += parts["side"] == "下"
        path.write_text("".join([*lines[:at], parts["text"], *lines[at:]]), encoding="utf-8")


def example(title: str) -> list[Change]:
    """What the section with that heading asks for, in order."""
    told = GUIDE.read_text(encoding="utf-8")
    section = re.search(rf"^## {title}：.*?(?=^## )", told, re.M | re.S)
    assert section is not None, f"the guide has no {title}"
    found = [
        Change(match.start(), match["file"], match)
        for way in (NEW, END, BESIDE, REPLACE)
        for match in way.finditer(section.group())
    ]
    blocks = len(re.findall(r"^```\w+$", section.group(), re.M))
    assert blocks == sum(one.found.re is not REPLACE for one in found), "a block says not where it goes"
    return sorted(found, key=lambda one: one.place)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The data of the project, to be changed."""
    for folder in COPIED:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "domain.yml", tmp_path / "domain.yml")
    return tmp_path


def problems(root: Path) -> set[str]:
    """What the check says, without line numbers."""
    return {re.sub(r":\d+ ", ": ", one) for one in check_dialogue(root)}


@cache
def known_problems() -> frozenset[str]:
    """What is wrong with the project's own data is another test's matter."""
    return frozenset(problems(ROOT))


def do(copy: Path, changes: list[Change]) -> Store:
    """Apply the changes; what a designer would have after it, checked."""
    for one in changes:
        one.apply(copy)
    assert problems(copy) <= known_problems()
    return load_dialogue(copy)


class Customer:
    """Talks with the dialogue about one order; what the models understand is given with each sentence."""

    def __init__(self, store: Store, situation: str = "", item: str = "扫地机器人") -> None:
        self.store, self.outside = store, Imagined(situation, item)
        known = {"customer": {"phone": PHONE, "name": "王小明", "method": "token"}, "order_no": ORDER_NO}
        self.state: Any = {"version": 1, **(known if situation else {})}
        self.turns, self.items = 0, ()

    def say(self, text: str, intent: str, confidence: float = 0.95, asks: str = "") -> list[str]:
        """One turn; the names of what the bot says. `asks`: the known question that the bot finds in the words."""
        self.turns += 1
        questions = (AskedEntry(asks, 0.9),) if asks else ()
        candidates = ((intent, confidence),)
        message = Message(
            text, intent=intent, confidence=confidence, candidates=candidates, questions=questions
        )
        at = Circumstances(f"t{self.turns}", "c_guide", NOW)
        outcome = take_turn(message, at, self.state, self.store, self.outside)
        self.state, self.items = outcome.state, outcome.items
        for one in self.items:
            if isinstance(one, Say):
                missing = self.store.responses[one.response] - set(one.values)
                assert not missing, f"{one.response}: nobody fills {missing}"
        return [one.response for one in self.items if isinstance(one, Say)]

    @property
    def buttons(self) -> list[str]:
        return [button.title for one in self.items if isinstance(one, Say) for button in one.buttons]

    @property
    def handed_off(self) -> dict[str, Any] | None:
        """The handoff of the last turn with the facts of the case."""
        found = [one for one in self.items if isinstance(one, Gateway) and one.name == "handoff"]
        return {**found[0].fields, "facts": self.state["facts"]} if found else None


# -- a new intent with an answer -----------------------------------------------------------------------------------------
def test_a_new_intent_with_an_answer(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = do(copy, example("例一"))
    for module in (check, nlu_files):
        monkeypatch.setattr(module, "ROOT", copy)
        monkeypatch.setattr(module, "DATA_ROOT", copy)
    monkeypatch.setattr(check, "NLU", copy / "data" / "nlu")
    monkeypatch.setattr(check, "TEST", copy / "tests" / "nlu")
    monkeypatch.setattr(check, "nlu_files", lambda: nlu_files.nlu_files(copy / "data" / "nlu"))
    monkeypatch.setattr(check, "read_examples", lambda: nlu_files.read_examples(copy / "data" / "nlu"))
    assert [told for told in check.check_sentences() if "trade_in" in told] == []
    customer = Customer(store)
    assert customer.say("旧手机能抵多少钱", "trade_in") == ["utter_trade_in"]
    assert "frames" not in customer.state


# -- a question in a flow ------------------------------------------------------------------------------------------------
def test_a_new_question_in_a_flow(copy: Path) -> None:
    store = do(copy, example("例二"))
    customer = Customer(store, "signed", "显示器")
    assert customer.say("扣的钱不对啊", "price_wrong")[-1] == "utter_ask_wrong_how"
    assert customer.buttons == ["扣了两次", "多扣了钱", "优惠没减"]
    assert "utter_help_wrong_how" in customer.say("为什么要问这个", "fragment", 0.4)
    assert customer.say("扣了我两回钱", "price_wrong", 0.6) == ["utter_price_wrong_person"]
    customer.say("好的", "affirm")
    handed = customer.handed_off
    assert handed is not None
    assert handed["facts"]["demand"] == "核对金额：扣了两次"


def test_its_labelled_turns_can_be_read(copy: Path) -> None:
    do(copy, example("例二"))
    rows, unreadable = read_rows(copy / "data" / "commands")
    assert not unreadable
    assert [one.written() for row in rows for one in row.wanted if row.asked == "wrong_how"] == [
        "set(wrong_how=twice)",
        "set(wrong_how=coupon)",
    ]


# -- a whole flow --------------------------------------------------------------------------------------------------------
def entries_cut(text: str, names: Iterator[str] | list[str], indent: str) -> str:
    """The YAML text without these entries (and what is below them)."""
    for name in names:
        text, times = re.subn(rf"^{indent}{name}:.*\n(?:(?:{indent} .*)?\n)*", "", text, count=1, flags=re.M)
        assert times == 1, name
    return text


def without_price_protection(copy: Path) -> None:
    """As if nobody had thought of it yet: its flow, what only it says, what is offered."""
    said = [f"utter_price_{one}" for one in ("in_window", "over", "promotion", "unpaid")]
    for file, names, indent in (
        ("data/flows/price.yml", ["price_protection"], ""),
        ("data/domain/price.yml", said, "  "),
        ("data/dialogue/labels.yml", said[1:3], "  "),
    ):
        path = copy / file
        path.write_text(entries_cut(path.read_text(encoding="utf-8"), names, indent), encoding="utf-8")


@pytest.fixture
def protecting(copy: Path) -> Store:
    without_price_protection(copy)
    missing = check_dialogue(copy)
    assert any("price_protect 没有人接" in one for one in missing)
    return do(copy, example("例三"))


@pytest.mark.parametrize(
    ("situation", "said", "reason"),
    [
        ("signed", "utter_price_in_window", "requested"),
        ("signed_late", "utter_price_over", "out_of_policy"),
        ("unpaid", "utter_price_unpaid", None),
        ("cancelled", "utter_already_over", None),
    ],
)
def test_a_whole_flow_from_data_alone(
    protecting: Store, situation: str, said: str, reason: str | None
) -> None:
    customer = Customer(protecting, situation)
    assert customer.say("刚买就降价了，差价退我", "price_protect") == [said]
    if reason is None:
        assert "frames" not in customer.state
        return
    customer.say("好的", "affirm")
    handed = customer.handed_off
    assert handed is not None
    assert (handed["reason"], handed["facts"]["demand"]) == (reason, "价保退差价")


def test_who_is_not_known_is_asked_first(protecting: Store) -> None:
    customer = Customer(protecting)
    first = customer.say("买贵了给退差价吗", "price_protect")
    assert first
    assert "utter_price_in_window" not in first
    assert [one["flow"] for one in customer.state["frames"]] == ["price_protection", "identify"]


# -- the guide itself ----------------------------------------------------------------------------------------------------
def test_no_example_touches_code() -> None:
    files = [one.file for title in ("例一", "例二", "例三") for one in example(title)]
    assert {Path(one).suffix for one in files} <= {".yml", ".tsv"}
    assert all(one.startswith("data/") for one in files)


def test_what_the_guide_shows_of_a_decision_is_so() -> None:
    load_decisions()
    guide = GUIDE.read_text(encoding="utf-8")
    for line in list(told("price_protection"))[:3]:
        assert f"       {line}\n" in guide


# -- a product to troubleshoot --------------------------------------------------------------------------------------------
def test_a_new_product_to_troubleshoot(copy: Path) -> None:
    store = do(copy, example("例四"))
    customer = Customer(store, "signed", "按摩仪")
    assert customer.say("按摩仪用着发烫", "quality_fault") == ["utter_ask_trouble"]
    customer = Customer(store, "signed", "按摩仪")
    assert customer.say("按摩仪开不了机", "quality_fault") == ["utter_ask_trouble"]
    assert customer.say("先试试", "affirm") == ["utter_ask_first"]
    assert customer.say("还是不行", "quality_fault") == ["utter_ask_second"]
    assert customer.buttons[0] == "充电口有水渍"
    told = customer.say("充电口有水渍", "quality_fault")
    assert told[0] == "utter_trouble_misuse"
    assert told[-1] == "utter_ask_paid_repair"
    assert customer.state["facts"]["tried"] == [
        "充一小时再开：没好，排除没电",
        "看充电口、换线：发现充电口有水渍",
    ]


def test_a_new_answer_to_a_question_in_passing(copy: Path) -> None:
    """Example five: by the state of the order; then the form goes on."""
    store = do(copy, example("例五"))
    assert ("engraving_fee", "刻名字多少钱一个字") in read_questions(copy / "data" / "knowledge")
    asks = ("刻字收钱吗", "presale_spec", 0.6, "engraving_fee")
    assert Customer(store).say(*asks) == ["utter_know_engraving"]
    owner = Customer(store, "signed")
    owner.say("坏了 用不了", "quality_fault")
    said = owner.say(*asks)
    assert said[0] == "utter_know_engraving_late"
    assert len(said) > 1
