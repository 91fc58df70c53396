"""Demo accounts, passwords and the life of a session, in the database."""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from handoff.auth.login import do_login
from handoff.auth.passwords import hash_password, is_password, new_password
from handoff.auth.roles import Agent
from handoff.auth.seed import DEMO_ACCOUNTS, do_seed
from handoff.auth.sessions import find_session
from handoff.errors import ApiError
from handoff.records import Records
from handoff.records.tables import agent_sessions, agents


async def test_accounts_are_made_once_with_passwords_of_their_own(records: Records, tmp_path: Path) -> None:
    first = await do_seed(records, tmp_path, None)
    assert set(first) == {account.username for account in DEMO_ACCOUNTS}
    assert len(set(first.values())) == len(first)
    path = tmp_path / "demo-accounts.json"
    assert json.loads(path.read_text()) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert await do_seed(records, tmp_path, None) == first, "again: nothing changes"
    done = await do_login(records, "boss", first["boss"], "127.0.0.1")
    assert done.agent.role == "supervisor"
    assert len(done.agent.served_groups) == 6


async def test_one_password_for_all_when_the_operator_says_so(records: Records, tmp_path: Path) -> None:
    await do_seed(records, tmp_path, None)
    told = await do_seed(records, tmp_path, "one-for-all")
    assert set(told.values()) == {"one-for-all"}
    for account in DEMO_ACCOUNTS:
        assert (await do_login(records, account.username, "one-for-all", None)).agent.name == account.name


async def test_an_account_that_somebody_changed_is_left_alone(records: Records, tmp_path: Path) -> None:
    await do_seed(records, tmp_path, None)
    async with records.write() as tx:
        await tx.execute(
            update(agents).where(agents.c.username == "agent1").values(password_hash=hash_password("mine"))
        )
    await do_seed(records, tmp_path, None)
    assert (await do_login(records, "agent1", "mine", None)).agent.username == "agent1"


async def test_a_lost_file_never_resets_passwords(records: Records, tmp_path: Path) -> None:
    first = await do_seed(records, tmp_path / "one", None)
    assert await do_seed(records, tmp_path / "two", None) == {}
    assert (await do_login(records, "agent1", first["agent1"], None)).agent.username == "agent1"


async def test_sessions_end_idle_and_after_a_shift_and_with_the_account(
    records: Records, tmp_path: Path
) -> None:
    now = datetime(2026, 11, 22, 6, tzinfo=UTC)
    records.clock = lambda: now
    passwords = await do_seed(records, tmp_path, None)

    async def alive(cookie: str) -> bool:
        async with records.read() as reader:
            return await find_session(reader, cookie) is not None

    done = await do_login(records, "agent1", passwords["agent1"], None)
    assert await alive(done.cookie)
    assert not await alive(done.csrf)
    async with records.read() as reader:
        stored = (await reader.execute(select(agent_sessions.c.id))).scalars().all()
    assert done.cookie not in stored, "the database cannot be used to log in"
    now += timedelta(hours=5)
    assert not await alive(done.cookie), "idle"
    done = await do_login(records, "agent1", passwords["agent1"], None)
    async with records.write() as tx:
        await tx.execute(update(agents).where(agents.c.username == "agent1").values(active=False))
    assert not await alive(done.cookie), "the account was closed"


async def test_wrong_passwords_are_forgotten_after_a_while(records: Records, tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, 6, tzinfo=UTC)
    records.clock = lambda: now
    passwords = await do_seed(records, tmp_path, None)
    for _ in range(5):
        with pytest.raises(ApiError) as wrong:
            await do_login(records, "agent1", "guess", "203.0.113.5")
        assert wrong.value.status == 401
    with pytest.raises(ApiError) as locked:
        await do_login(records, "agent1", passwords["agent1"], "203.0.113.5")
    assert locked.value.status == 429
    assert (await do_login(records, "agent1", passwords["agent1"], "203.0.113.9")).agent
    now += timedelta(minutes=16)
    assert (await do_login(records, "agent1", passwords["agent1"], "203.0.113.5")).agent


def test_passwords() -> None:
    made = {new_password() for _ in range(50)}
    assert len(made) == 50
    assert all(len(one) == 19 for one in made)
    stored = hash_password("秘密")
    assert "秘密" not in stored
    assert is_password(stored, "秘密")
    assert not is_password(stored, "秘密 ")
    assert not is_password("not a hash", "秘密")


@pytest.mark.parametrize(
    ("role", "reads_own_group", "reads_other_group", "serves"),
    [
        ("agent", True, False, True),
        ("specialist", True, False, True),
        ("supervisor", True, True, True),
        ("qa", True, True, False),
        ("designer", False, False, False),
        ("admin", False, False, False),
    ],
)
def test_what_each_role_may_do(
    role: str, reads_own_group: bool, reads_other_group: bool, serves: bool
) -> None:
    """H49."""
    agent = Agent("a_1", "x", "x", role, ("online",))  # type: ignore[arg-type]
    assert agent.may_read(group="online", owner=None, owned_before=False) is reads_own_group
    assert agent.may_read(group="technical", owner=None, owned_before=False) is reads_other_group
    assert bool(agent.served_groups) is serves
