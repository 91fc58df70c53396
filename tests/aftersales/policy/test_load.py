"""A store edits these files: the demo policy is right, and every mistake is one clear line."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from aftersales.categories import Categories, CategoryError, load_categories
from aftersales.policy import Policy, PolicyError, load_policy
from tests.aftersales.conftest import ROOT

SOURCE = ROOT / "data" / "policy"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SOURCE, tmp_path / "policy"))


def change(folder: Path, file: str, path: str, value: Any) -> None:
    """Set (or with ... delete) one place of a policy file."""
    target = folder / f"{file}.yml"
    content = yaml.safe_load(target.read_text(encoding="utf-8"))
    *way, last = path.split(".")
    place = content
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    target.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def test_the_demo_policy_is_the_contract_s(policy: Policy, categories: Categories) -> None:
    load_policy(SOURCE, categories=frozenset(categories.by_code))
    assert policy.hours.always_open
    assert policy.store.price_protection.window_days == 7
    assert policy.store.invoices.issue_days == 3
    assert policy.store.dispatch.promise_hours == 48
    assert (policy.returns.no_reason.window_days, policy.returns.quality.window_days) == (7, 15)
    limits = policy.limits.verification
    assert (
        limits.wrong_per_conversation,
        limits.wrong_per_order_and_hour,
        limits.wrong_per_address_and_hour,
        limits.lock_minutes,
    ) == (5, 10, 100, 30)
    assert policy.store.carrier("顺丰") == policy.store.carriers[0]
    assert policy.store.carrier("") is None


@pytest.mark.parametrize(
    ("file", "path", "value", "line"),
    [
        ("returns", "no_reason.window_days", "七", 'no_reason.window_days 必须是正整数（现在是 "七"）'),
        ("returns", "no_reason.window_days", -1, "no_reason.window_days 必须是正整数（现在是 -1）"),
        ("returns", "no_reason.window_days", 7.5, "no_reason.window_days 必须是正整数（现在是 7.5）"),
        ("returns", "no_reason.window_days", True, "no_reason.window_days 必须是正整数（现在是 True）"),
        ("returns", "no_reason.window_day", 7, "no_reason.window_day 没有这个设置（是不是写错了名字？）"),
        ("returns", "quality.freight", ..., "quality.freight 缺少这一项"),
        ("returns", "quality.freight", "nobody", "quality.freight 必须是 'seller'、'buyer' 之一"),
        ("returns", "kinds.phone.why", ..., "kinds.phone 不支持或限制无理由退货时要写 why"),
        ("returns", "says.options", "{optoins}", "says.options 不能用 {optoins}（可以用 {options}）"),
        ("store", "freight.fee", "十元", 'freight.fee 必须是金额（数字）（现在是 "十元"）'),
        ("store", "refunds.wechat", ..., "refunds 缺少 wechat"),
        ("store", "refunds.alipay.min_days", 9, "refunds.alipay 的 min_days 不能大于 max_days"),
        ("store", "carriers", [], "carriers 至少要有 1 项"),
        ("service", "deadlines.levels.III", ..., "deadlines.levels 缺少 III"),
        (
            "service",
            "categories.no_such",
            {"urgency": "info", "level": "I", "responsibility": "usage"},
            "不是 data/categories.yml 里的类别",
        ),
        (
            "groups",
            "by_category.order_status",
            "ticket",
            "by_category.order_status 不是 data/categories.yml 里的类别",
        ),
        ("hours", "always_open", "是", 'always_open 必须是 true 或 false（现在是 "是"）'),
        ("hours", "week.mon", ["22:00-09:00"], "必须是“09:00-21:00”这样的时间段"),
        ("hours", "week.mon", ["09:00-12:00", "11:00-13:00"], "mon 的时间段要按先后写，不能重叠"),
        (
            "hours",
            "holidays",
            [{"name": "店休", "first": "元旦", "last": "2026-12-25"}],
            "holidays.0.first 必须是日期",
        ),
        (
            "hours",
            "holidays",
            [{"name": "店休", "first": "2026-12-26", "last": "2026-12-25"}],
            "holidays 里“店休”的 first 晚于 last",
        ),
        ("limits", "verification.lock_minutes", 0, "verification.lock_minutes 必须是正整数（现在是 0）"),
        ("wording", "claimed", "{name}来了", "claimed 不能用 {name}（可以用 {agent}）"),
        ("wording", "closed", "再见{", "closed 里的花括号不成对"),
        ("wording", "closed", 400, "closed 必须是文字（像数字的请加引号）（现在是 400）"),
        ("wording", "closed", "", "closed 不能为空"),
        ("requests", "names.cancel", ..., "names 缺少 cancel"),
        ("steps", "most", 100, "most 不能大于 20"),
    ],
)
def test_every_mistake_is_one_clear_line(
    folder: Path, categories: Categories, file: str, path: str, value: Any, line: str
) -> None:
    change(folder, file, path, value)
    with pytest.raises(PolicyError) as error:
        load_policy(folder, categories=frozenset(categories.by_code))
    (told,) = error.value.lines
    assert re.match(rf"{re.escape(str(folder / file))}\.yml:\d+ ", told)
    assert line in told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("returns", "window_days: 7\n", "window_days: 七\n"),
        ("returns", "name: 手机\n", "nmae: 手机\n"),
        ("returns", "no_reason: unopened\n    why: 手机", "no_reason: sometimes\n    why: 手机"),
        ("returns", "验收通过就按", "验收通过{n}就按"),
        ("store", "name: 中通快递", "name: 9"),
        ("store", "min_days: 3, max_days: 7", "min_days: 9, max_days: 7"),
        ("hours", "calendar: china", "calendar: chiba"),
        ("hours", 'sat: ["09:00-21:00"]', 'sat: ["29:00-21:00"]'),
        ("followups", "{request_no}）有进展", "{request}）有进展"),
        ("followups", '"3": [3 分 一般', '"6": [3 分 一般'),
        ("groups", "order.modify: ticket", "order.modfiy: ticket"),
        ("requests", "hours: store.logistics.urge_due_hours", "hours: store.logistics.urge_hours"),
        ("steps", "还问了：{others}", "还问了：{other}"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    folder: Path, categories: Categories, file: str, before: str, after: str
) -> None:
    target = folder / f"{file}.yml"
    text = target.read_text(encoding="utf-8")
    assert text.count(before) >= 1
    same = next(at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other)
    line = text[: text.index(before) + same].count("\n") + 1
    target.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(PolicyError) as error:
        load_policy(folder, categories=frozenset(categories.by_code))
    assert f"{target}:{line} " in str(error.value)


def test_the_store_s_own_folder_is_named_as_its_editor_knows_it(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SOURCE, tmp_path / "shop" / "data" / "policy"))
    change(folder, "limits", "orders_shown", "五")
    with pytest.raises(PolicyError, match=r"^data/policy/limits\.yml:\d+ orders_shown 必须是正整数"):
        load_policy(folder)


def test_a_step_s_hours_are_those_of_the_rule_it_names(folder: Path, policy: Policy) -> None:
    assert policy.requests.step("return", "received").hours == policy.returns.flow.inspect_days * 24
    change(folder, "returns", "flow.review_hours", 36)
    assert load_policy(folder).requests.step("exchange", "submitted").hours == 36


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name: 甲\na: [1", "store.yml:2 不是正确的 YAML"),
        ("", "store.yml:1 这里要写成 名称: 内容"),
        ("- 1", "store.yml:1 这里要写成 名称: 内容"),
        ("name: 甲\nname: 乙\n", "store.yml:2 “name”写了两次"),
        ("name: !!binary 甲", "store.yml:1 “甲”看不懂"),
    ],
)
def test_broken_yaml_is_one_line_with_its_place(folder: Path, text: str, line: str) -> None:
    (folder / "store.yml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as error:
        load_policy(folder)
    (told,) = error.value.lines
    assert line in told
    assert "store.yml" in told


def test_several_mistakes_are_told_together(folder: Path) -> None:
    change(folder, "returns", "no_reason.window_days", "七")
    change(folder, "limits", "orders_shown", None)
    with pytest.raises(PolicyError) as error:
        load_policy(folder)
    assert len(error.value.lines) == 2


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "hours.yml").unlink()
    with pytest.raises(PolicyError, match=r"hours\.yml:1 文件不存在"):
        load_policy(folder)
    with pytest.raises(PolicyError):
        load_policy(folder / "nowhere")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "缺少 categories"),
        ("categories: {x: {name: 一, stage: nowhere, intents: []}}", "stage 必须是"),
        ("categories: {x: {name: '', stage: insale, intents: []}}", "name 必须是文字"),
        ("categories: {x: {name: 一, stage: insale, intents: a}}", "intents 必须是意图名的列表"),
        ("categories: {x: 1}", "必须是"),
        ("categories: {x: {name: 一, stage: insale, intents: [a]}}", "必须有 service.other"),
        (
            "categories: {x: {name: 一, stage: insale, intents: [a]}, y: {name: 二, stage: insale, intents: [a]}}",
            "意图 a 同时登记在 x 和 y",
        ),
        ("a: [", "不是合法的 YAML"),
    ],
)
def test_broken_categories_are_one_line(tmp_path: Path, text: str, line: str) -> None:
    file = tmp_path / "categories.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CategoryError, match=line):
        load_categories(file)
    with pytest.raises(CategoryError, match="文件不存在"):
        load_categories(tmp_path / "none.yml")
