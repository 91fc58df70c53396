"""A short `make chaos` over both databases, with a seed of its own: a few faults, bounded in time."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.chaos import NAMES, Result, chaos, drawn, main, over_database
from tests.helpers.postgres import PostgresServer


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    server.start()
    yield server
    server.stop()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
async def test_a_few_drawn_faults_leave_the_ledger_clean(
    tmp_path: Path, database: str, postgres: PostgresServer
) -> None:
    making = over_database(tmp_path, postgres if database == "postgres" else None)
    result = await chaos(NAMES[database], 7, 4, 25, making)
    print(result.table())
    assert result.struck >= 1
    assert result.messages > 5, "the customers hardly wrote: the test would prove nothing"


def test_every_fault_is_struck_before_one_comes_again() -> None:
    faults = list(itertools.islice(drawn(3, "abcde"), 15))
    assert [sorted(faults[at : at + 5]) for at in (0, 5, 10)] == [list("abcde")] * 3
    assert faults == list(itertools.islice(drawn(3, "abcde"), 15)), "the same seed, the same faults"
    assert faults != list(itertools.islice(drawn(4, "abcde"), 15))


def test_the_table_names_what_was_never_struck() -> None:
    result = Result("SQLite", 1, possible=["kill worker", "fill disk"])
    result.faults["kill worker"].served.append(1.25)
    assert result.missed == ["fill disk"]
    assert "| fill disk | never | | |" in result.table()


def test_a_kind_that_does_not_exist_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--kinds", "kill,burn"]) == 2
    assert "no such kind of fault: burn" in capsys.readouterr().out
