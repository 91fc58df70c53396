"""A short `make chaos` over both databases, with a seed of its own: a few faults, bounded in time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.chaos import chaos
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
    result = await chaos(7, 4, 25, tmp_path, postgres if database == "postgres" else None)
    print(result.table())
    assert result.struck >= 1
    assert result.messages > 5, "the customers hardly wrote: the test would prove nothing"
