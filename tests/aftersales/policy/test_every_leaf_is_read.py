"""A rule in data/policy that no program reads is a lie to the person who edits it: every one is read, and this finds out."""

import shutil
from pathlib import Path

import pytest

from designer.policy_use import PACKAGES, check_policy_use, leaves, unread, used_fields
from designer.program import Instance, Program
from designer.reads import reads_of
from tests.aftersales.conftest import ROOT


def test_every_leaf_is_read() -> None:
    assert [str(one) for one in unread(ROOT)] == []


def test_every_count_of_the_dialogue_is_read() -> None:
    counts = Instance("dialogue.words", "Counts")
    program = Program(ROOT, PACKAGES)
    used = used_fields(program)
    assert [name for name in program.fields_of(counts) if (counts, name) not in used] == []


def test_all_files_have_leaves() -> None:
    found = {str(one) for one in leaves(Program(ROOT, PACKAGES))}
    assert {one.partition(".")[0] for one in found} == {
        file.stem for file in (ROOT / "data" / "policy").glob("*.yml")
    }
    assert {"store.carriers.*.tracking_pattern", "service.deadlines.levels.*.plan_minutes"} <= found


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("static", "*.pyc"))
    shutil.copytree(ROOT / "data" / "policy", tmp_path / "data" / "policy")
    return tmp_path


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def test_a_rule_that_nobody_reads_is_told_with_its_line(copy: Path) -> None:
    edit(
        copy / "aftersales/policy/store.py",
        "class Invoices(Section):\n",
        "class Invoices(Section):\n    paper_fee: Money\n",
    )
    edit(copy / "data/policy/store.yml", "invoices:\n", "invoices:\n  paper_fee: 3\n")
    edit(
        copy / "aftersales/order_rules.py", "rule.promotion_excluded and order.promotions", "order.promotions"
    )
    line = (copy / "data/policy/store.yml").read_text(encoding="utf-8").split("\n").index(
        "  paper_fee: 3"
    ) + 1
    told = list(check_policy_use(copy))
    assert [one.partition(" 没有")[0].split(" ")[1] for one in told] == [
        "price_protection.promotion_excluded",
        "invoices.paper_fee",
    ]
    assert f"data/policy/store.yml:{line} invoices.paper_fee 没有程序读它，改了也不会有任何变化" in told


SHOP = {
    "model.py": """
class Rule:
    days: int
    text: str
    unread: int
    by_code: dict[str, "Row"]
    rows: tuple[Row, ...]

    def told(self) -> str:
        return self.text

class Row:
    code: str
    name: str
    price: int
    note: str
    size: int

class Policy:
    rule: Rule
""",
    "use.py": """
from functools import partial
from shop.model import Policy, Row, Rule

class Desk:
    def __init__(self, policy: Policy) -> None:
        self._rule = policy.rule

    def price(self, code: str) -> int:
        return next(one for one in self._rule.rows if one.code == code).price

def names(policy: Policy) -> dict[str, str]:
    return {code: row.name for code, row in policy.rule.by_code.items()}

def of(policy: Policy, what: str) -> object:
    return getattr(policy.rule, what)

def days(policy: Policy) -> object:
    return of(policy, "days"), names(policy)

def dead(policy: Policy) -> str:
    row = policy.rule.by_code.get("x")
    return row.note

desk = Desk, days
""",
}


def test_reads_are_followed_through_the_program(tmp_path: Path) -> None:
    for name, text in SHOP.items():
        (tmp_path / "shop").mkdir(exist_ok=True)
        (tmp_path / "shop" / name).write_text(text, encoding="utf-8")
    program = Program(tmp_path, ["shop"])
    seen = {f"{of.name}.{name}" for of, name in reads_of(program).fields}
    assert {
        "Policy.rule",
        "Rule.rows",
        "Rule.by_code",
        "Rule.days",
        "Row.name",
        "Row.code",
        "Row.price",
        "Row.note",
    } <= seen
    assert not {"Rule.unread", "Row.size"} & seen
    used = {f"{of.name}.{name}" for of, name in used_fields(program)}
    assert "Row.note" not in used, "nobody calls the function that reads it"
    assert {"Row.price", "Row.name", "Rule.days"} <= used
