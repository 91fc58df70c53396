"""Logging in: the same answer for every wrong pair, and limits on guessing that do not lock a whole team out."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert, select

from handoff.auth.passwords import check_password
from handoff.auth.roles import Agent
from handoff.auth.sessions import open_session
from handoff.errors import ApiError, invalid, too_many
from handoff.records import Reader, Records, new_id
from handoff.records.tables import agents, audits

WINDOW = timedelta(minutes=15)
WRONG_FROM_ONE_ADDRESS = 5
"""Wrong passwords for one account from one address in WINDOW; then even the right one must wait."""
WRONG_FROM_ANYWHERE = 30


@dataclass(frozen=True)
class LoggedIn:
    agent: Agent
    cookie: str
    csrf: str


async def do_login(records: Records, username: object, password: object, address: str | None) -> LoggedIn:
    """Check the pair and open a session. 401 wrong (never which half), 422 malformed, 429 too many wrong ones."""
    username, password = check_credentials(username, password)
    async with records.read() as reader:
        row = (
            await reader.execute(select(agents).where(agents.c.username == username, agents.c.active))
        ).first()
        locked = row is not None and await wrong_lately(reader, row.id, address)
    if locked:
        raise too_many(int(WINDOW.total_seconds()))
    if not await check_password(row.password_hash if row else None, password) or row is None:
        if row is not None:
            await do_note_wrong(records, row.id, address)
        raise ApiError(401, "wrong_login", "用户名或密码不对，请再试一次。")
    async with records.write() as tx:
        cookie, csrf = await open_session(tx, row.id, address)
        await tx.execute(
            insert(audits).values(
                id=new_id("d"), at=tx.now(), agent_id=row.id, action="login", detail={"address": address}
            )
        )
    return LoggedIn(Agent(row.id, row.username, row.name, row.role, tuple(row.groups)), cookie, csrf)


def check_credentials(username: object, password: object) -> tuple[str, str]:
    """Both as texts of a sane length; ApiError 422 otherwise."""
    if not isinstance(username, str) or not isinstance(password, str) or not username or not password:
        raise invalid("请输入用户名和密码。")
    if len(username) > 80 or len(password) > 200:
        raise invalid("用户名或密码太长了。")
    if not (
        username + password
    ).isprintable():  # NUL, half a surrogate pair: neither database nor argon2 reads them
        raise invalid("用户名或密码里有无法识别的字符。")
    return username, password


async def wrong_lately(reader: Reader, agent_id: str, address: str | None) -> bool:
    """Too many wrong passwords were given for this account: nobody need look at another one now."""
    statement = (
        select(audits.c.action, audits.c.detail)
        .where(
            audits.c.agent_id == agent_id,
            audits.c.at > reader.now() - WINDOW,
            audits.c.action.in_(("login", "login_failed")),
        )
        .order_by(audits.c.at.desc())
        .limit(200)
    )
    everywhere = here = 0
    here_open = True  # a success from this address forgives what came before it
    for row in await reader.execute(statement):
        same = (row.detail or {}).get("address") == address
        if row.action == "login":
            here_open = here_open and not same
            continue
        everywhere += 1
        here += same and here_open
    return here >= WRONG_FROM_ONE_ADDRESS or everywhere >= WRONG_FROM_ANYWHERE


async def do_note_wrong(records: Records, agent_id: str, address: str | None) -> None:
    """A wrong password was given for this account."""
    async with records.write() as tx:
        await tx.execute(
            insert(audits).values(
                id=new_id("d"),
                at=tx.now(),
                agent_id=agent_id,
                action="login_failed",
                detail={"address": address},
            )
        )
