"""The record that a person receives has what the customer told, whenever it was told (H38, H45, H47).

Told before the handoff, while waiting, in pieces, over several messages, with pictures. `-s` prints the shares by field.
"""

from collections import Counter
from collections.abc import Iterator

import pytest

from designer.local_bot import LocalBot
from handoff.store_rules import load_store_rules
from tests.conversations.handoff_records import Played, play, scripts
from tests.helpers.processes import ROOT

LEAST = 0.95


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Played]]:
    bot = LocalBot.open(tmp_path_factory.mktemp("records"))
    rules = load_store_rules(ROOT, "Asia/Shanghai")
    yield [play(bot, rules, one) for one in scripts()]
    bot.close()


def test_what_was_told_stands_in_the_record(played: list[Played]) -> None:
    right = Counter(name for one in played for name in one.right)
    wrong = Counter(name for one in played for name, _ in one.wrong)
    told = right + wrong
    for name in told:
        print(f"{name}\t{right[name]} / {told[name]}")
    mistakes = [f"{one.name}: {name} {value}" for one in played for name, value in one.wrong]
    share = right.total() / told.total()
    print(f"全部\t{right.total()} / {told.total()} = {share:.3f}")
    assert len(played) >= 40
    assert share >= LEAST, "\n".join(mistakes)


def test_each_of_them_brings_a_person(played: list[Played]) -> None:
    assert [one.name for one in played if not one.reason] == []


def test_what_was_not_told_is_listed_as_missing(played: list[Played]) -> None:
    for one in played:
        unknown = [name for name in ("description", "demand", "began_at") if one.record[name] is None]
        assert set(unknown) <= set(one.record["missing"]), one.name
