"""A store's own data: what becomes of each kind of file, what is told where, and what an upgrade of data/ beneath it does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from actions.store import load_dialogue
from aftersales.policy import load_policy
from aftersales.reload import data_version
from bot.questions.files import read_questions
from designer.nlu_files import read_examples
from launcher.overlay import DataError, joined
from launcher.publish import unusable
from tests.helpers.processes import ROOT

EXAMPLE = ROOT / "deploy" / "store-example"


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A product of three responses, a question, two flows and a policy."""
    return write(
        tmp_path / "checkout",
        {
            "data/domain/a.yml": "responses:\n  utter_a:\n    - text: 甲\n  utter_b:\n    - text: 乙\n",
            "data/domain/b.yml": "responses:\n  utter_c:\n    - text: 丙\n",
            "data/knowledge/k.yml": "where:\n  name: 在哪\n  asks:\n    - 在哪里\n  say: utter_a\n",
            "data/flows/f.yml": "# 甲\none:\n  name: 一\n  steps:\n    - say: utter_a\ntwo:  # 乙\n  name: 二\n",
            "data/policy/returns.yml": "no_reason:\n  window_days: 7\n  freight: buyer\ncodes: [a, b]\n",
            "data/nlu/order/cancel.yml": "# 取消\nnlu:\n- intent: cancel\n  examples: |\n    - 取消\n",
            "data/watchers/human.tsv": "yes\t转人工\n",
        },
    )


def join(checkout: Path, store: Path) -> Path:
    return joined(checkout.parent / "joined", checkout, store)


def refusals(checkout: Path, store: Path) -> list[str]:
    with pytest.raises(DataError) as refused:
        join(checkout, store)
    return [one.removeprefix(f"{store}/") for one in refused.value.lines]


def read(root: Path, name: str) -> dict[str, object]:
    return dict(yaml.safe_load((root / "data" / name).read_text(encoding="utf-8")))


def test_the_example_changes_a_rule_a_wording_sentences_questions_a_flow_and_a_label(tmp_path: Path) -> None:
    root = joined(tmp_path / "joined", ROOT, EXAMPLE, unusable)
    now, shipped = load_dialogue(root), load_dialogue(ROOT)
    assert now.policy.returns.no_reason.window_days == 15
    assert now.policy.returns.quality == shipped.policy.returns.quality, "what a store does not name stays"
    assert now.policy.hours.week["sun"] == ()
    assert now.policy.hours.week["mon"] == shipped.policy.hours.week["mon"]
    assert now.words.label("order_state", "paid") == "已付款，备货中"
    assert now.words.label("order_state", "shipped") == shipped.words.label("order_state", "shipped")
    assert "gift_card" in now.knowledge.entries
    assert now.flows.by_id["usage"].steps != shipped.flows.by_id["usage"].steps
    assert set(now.flows.by_id) == set(shipped.flows.by_id)
    assert {"utter_know_gift_card", *shipped.responses} <= set(now.responses)
    said = read(root, "domain/social.yml")["responses"]
    assert isinstance(said, dict)
    assert [one["text"] for one in said["utter_greet"]][1] == "您好，小安在，请说。"
    asked = {
        entry: [text for one, text in read_questions(root / "data/knowledge") if one == entry]
        for entry in ("refund_where",)
    }
    assert asked["refund_where"][-1] == "用数字人民币付的退去哪"
    assert len(asked["refund_where"]) > 10
    sentences = read_examples(root / "data/nlu")
    assert len(sentences) == len(read_examples(ROOT / "data/nlu")) + 2
    assert "单子莫发了 我不得要了" in [one.text for one in sentences if one.intent == "cancel_order"]


def test_the_same_data_has_the_same_version_and_a_change_another(checkout: Path, tmp_path: Path) -> None:
    store = write(tmp_path / "store", {"policy/returns.yml": "codes: [c]\n"})
    first = join(checkout, store)
    assert join(checkout, store) == first
    assert data_version(first) == first.name
    write(store, {"policy/returns.yml": "codes: [d]\n"})
    second = join(checkout, store)
    assert second.name != first.name
    assert read(first, "policy/returns.yml")["codes"] == ["c"], (
        "who still reads the one before is not disturbed"
    )
    for number in range(4):
        join(checkout, write(store, {"policy/returns.yml": f"codes: [{number}]\n"}))
    assert len(list((tmp_path / "joined").iterdir())) == 3


def test_values_and_lists_replace_plus_adds_and_minus_takes_out(checkout: Path, tmp_path: Path) -> None:
    store = {
        "policy/returns.yml": "no_reason: {window_days: 9, freight-: }\ncodes+: [c]\n",
        "domain/mine.yml": "responses:\n  utter_a:\n    - text: 我的\n  utter_c-:\n  utter_new:\n    - text: 新的\n",
        "knowledge/mine.yml": "where:\n  asks+: [哪儿]\nwhen:\n  name: 何时\n  asks: [几时]\n  say: utter_b\n",
        "watchers/human.tsv": "yes\t叫个人来\n",
    }
    root = join(checkout, write(tmp_path / "store", store))
    assert read(root, "policy/returns.yml") == {"no_reason": {"window_days": 9}, "codes": ["a", "b", "c"]}
    texts = {
        name: ways[0]["text"]
        for file in (root / "data/domain").glob("*.yml")
        for name, ways in yaml.safe_load(file.read_text(encoding="utf-8"))["responses"].items()
    }
    assert texts == {"utter_a": "我的", "utter_b": "乙", "utter_new": "新的"}
    assert read_questions(root / "data/knowledge") == [
        ("where", "在哪里"),
        ("where", "哪儿"),
        ("when", "几时"),
    ]
    assert (root / "data/watchers/human.tsv").read_text(encoding="utf-8") == "yes\t转人工\nyes\t叫个人来\n"


def test_a_flow_replaces_its_namesake_as_a_whole_and_the_others_stay_as_written(
    checkout: Path, tmp_path: Path
) -> None:
    root = join(
        checkout,
        write(tmp_path / "store", {"flows/mine.yml": "one:\n  name: 我的\ntwo-:\nthree:\n  name: 三\n"}),
    )
    flows = [
        (name, flow)
        for file in (root / "data/flows").glob("*.yml")
        for name, flow in yaml.safe_load(file.read_text(encoding="utf-8")).items()
    ]
    assert sorted(flows) == [("one", {"name": "我的"}), ("three", {"name": "三"})]
    root = join(checkout, write(tmp_path / "other", {"flows/f.yml": "one:\n  name: 我的\n"}))
    assert "two:  # 乙" in (root / "data/flows/f.yml").read_text(encoding="utf-8").splitlines()[5]


def test_a_newer_product_brings_its_new_keys_and_may_move_what_a_store_changed(
    checkout: Path, tmp_path: Path
) -> None:
    store = write(
        tmp_path / "store",
        {
            "policy/returns.yml": "no_reason:\n  window_days: 9\n",
            "domain/a.yml": "responses:\n  utter_a:\n    - text: 我的\n",
        },
    )
    join(checkout, store)
    write(
        checkout,
        {
            "data/policy/returns.yml": "no_reason:\n  window_days: 8\n  freight: buyer\n  photos: 3\n",
            "data/domain/a.yml": "responses:\n  utter_b:\n    - text: 乙二\n",
            "data/domain/moved.yml": "responses:\n  utter_a:\n    - text: 甲二\n",
        },
    )
    root = join(checkout, store)
    assert read(root, "policy/returns.yml")["no_reason"] == {
        "window_days": 9,
        "freight": "buyer",
        "photos": 3,
    }
    assert read(root, "domain/moved.yml")["responses"] == {"utter_a": [{"text": "我的"}]}
    assert read(root, "domain/a.yml")["responses"] == {"utter_b": [{"text": "乙二"}]}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"polcy/returns.yml": "a: 1\n"}, "polcy/returns.yml:1 不会被读到"),
        ({"policy/return.yml": "a: 1\n"}, "policy/return.yml:1 data/policy 里没有 return.yml，不会被读到；有：returns.yml"),
        ({"policy/returns.yml": "a: 1\nb: 'x\n"}, "policy/returns.yml:2 不是正确的 YAML"),
        ({"policy/returns.yml": "codes:\n  - a\nno_reason+: [b]\n"}, "policy/returns.yml:3 “no_reason+”是往列表里加"),
        ({"policy/returns.yml": "no_reason:\n  frieght-:\n"}, "policy/returns.yml:2 “frieght-”是去掉 data/ 里的"),
        ({"domain/x.yml": "response:\n  utter_a: []\n"}, "domain/x.yml:1 这里只放 responses，不认识“response”"),
        (
            {"domain/x.yml": "responses: {utter_a: [{text: 一}]}\n", "domain/y.yml": "responses: {utter_a: [{text: 二}]}\n"},
            "domain/y.yml:1 “utter_a”已经写在 ",
        ),
        ({"flows/x.yml": "eno-:\n"}, "flows/x.yml:1 “eno-”是去掉流程“eno”，data/flows 里没有它"),
        ({"flows/x.yml": "one:\n  name: '一\n"}, "flows/x.yml:2 不是正确的 YAML"),
        ({"README.md": "# 说明\n", ".git/config": "x"}, "STORE_DIR="),
        ({}, "STORE_DIR="),
    ],
)  # fmt: skip
def test_what_nobody_would_read_is_told_at_its_line(
    checkout: Path, tmp_path: Path, files: dict[str, str], told: str
) -> None:
    if told == "STORE_DIR=" and files:
        assert join(checkout, write(tmp_path / "store", files)), "notes alone are no mistake"
        return
    found = refusals(checkout, write(tmp_path / "store", files))
    assert any(one.startswith(told) for one in found), found


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("policy/returns.yml", "no_reason:\n  window_days: 七\n", ":2 no_reason.window_days 必须是正整数"),
        ("policy/returns.yml", "quality:\n  window_day: 20\n", ":2 quality.window_day"),
        ("flows/usage.yml", "usage:\n  name: 用法\n  stesp: []\n", ":3 usage："),
        ("domain/x.yml", "responses:\n  utter_greet:\n    - text: 您好{\n", ":3 utter_greet：花括号没写对"),
        (
            "domain/x.yml",
            "responses:\n  utter_cancel_kept:\n    - text: 没动{kpet}\n",
            ":3 utter_cancel_kept：{kpet} 没有内容可填，可以用：{kept}",
        ),
        ("dialogue/arbiter.yml", "weights:\n  nonsense: 3\n", ":2 "),
        (
            "knowledge/x.yml",
            "gift:\n  name: 卡\n  asks: [怎么用]\n  say: utter_greet\n",
            ":3 asks 至少要有 5 项",
        ),
        ("dialogue/labels.yml", "order_state:\n  paid: [\n", ":"),
    ],
)
def test_what_the_whole_refuses_is_told_where_the_store_wrote_it(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    store = write(tmp_path / "store", {name: text})
    with pytest.raises(DataError) as refused:
        joined(tmp_path / "joined", ROOT, store, unusable)
    assert refused.value.lines[0].startswith(f"{store / name}{told}"), refused.value.lines
    assert list((tmp_path / "joined").iterdir()) == []


def test_a_product_s_own_mistake_is_told_at_the_product_s_line(tmp_path: Path) -> None:
    """Also in a file in which a store changed something else."""
    checkout = tmp_path / "checkout"
    shutil.copytree(
        ROOT / "data", checkout / "data", ignore=shutil.ignore_patterns("encoder", "nlu", "watchers")
    )
    file = checkout / "data/policy/returns.yml"
    lines = file.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines, 1) if "window_days: 15" in line)
    lines[at - 1] = lines[at - 1].replace("15", "半个月")
    file.write_text("\n".join(lines), encoding="utf-8")
    store = write(tmp_path / "store", {"policy/returns.yml": "no_reason:\n  window_days: 9\n"})
    with pytest.raises(DataError, match=rf"^data/policy/returns\.yml:{at} quality\.window_days 必须是正整数"):
        joined(tmp_path / "joined", checkout, store, unusable)


def test_every_file_that_is_merged_by_key_says_afterwards_what_it_said_before(tmp_path: Path) -> None:
    """A store that repeats what the product says changes nothing, whatever YAML the product is written in."""
    store = tmp_path / "store"
    copies = ("policy", "dialogue", "troubleshooting", "domain", "knowledge")
    for folder in copies:
        shutil.copytree(ROOT / "data" / folder, store / folder)
    shutil.copy(ROOT / "data/categories.yml", store)
    root = joined(tmp_path / "joined", ROOT, store)
    for folder in copies:
        for file in sorted((ROOT / "data" / folder).glob("*.yml")):
            before = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
            after = yaml.load(
                (root / "data" / folder / file.name).read_text(encoding="utf-8"), yaml.CSafeLoader
            )
            assert after == _as_joined(before), file
    assert load_policy(root / "data/policy") == load_policy(ROOT / "data/policy")


def _as_joined(value: object) -> object:
    """A date is written as the text that readers take it for."""
    if isinstance(value, dict):
        return {str(k): _as_joined(one) for k, one in value.items()}
    if isinstance(value, list):
        return [_as_joined(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
