"""Sessions of people at the desk: an HttpOnly cookie whose hash is in the database, so that every worker accepts it and it can be revoked.

The same read tells that the person is there (`agents.present_at`): promise 9 gives their conversations back when it ages.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, insert, or_, select, update

from handoff.auth.roles import Agent
from handoff.records import Reader, Records, Tx
from handoff.records.desk_tables import desk_people
from handoff.records.tables import agent_sessions, agents

COOKIE = "anke_desk"
IDLE = timedelta(hours=4)
LONGEST = timedelta(hours=12)
"""A shift: after that everybody logs in again, idle or not."""
SEEN_EVERY = timedelta(seconds=5)
"""How exactly presence is kept; one short write per agent in that time at most."""


@dataclass(frozen=True)
class Session:
    """A person who is logged in. `id` is the hash of the cookie."""

    id: str
    agent: Agent
    csrf: str
    last_seen_at: datetime
    present_at: datetime | None


async def open_session(tx: Tx, agent_id: str, address: str | None) -> tuple[str, str]:
    """A new session of this agent: the cookie's value (nobody else ever sees it) and the CSRF token."""
    cookie, csrf, now = secrets.token_urlsafe(32), secrets.token_urlsafe(24), tx.now()
    await tx.execute(delete(agent_sessions).where(_over(now)))
    await tx.execute(
        insert(agent_sessions).values(
            id=_hash(cookie),
            agent_id=agent_id,
            csrf=csrf,
            created_at=now,
            expires_at=now + LONGEST,
            last_seen_at=now,
            address=address,
        )
    )
    await tx.execute(update(agents).where(agents.c.id == agent_id).values(present_at=now))
    # who logs in is here: away and offline of the last shift are over
    gone = (desk_people.c.agent_id == agent_id, desk_people.c.status.in_(("away", "offline")))
    await tx.execute(update(desk_people).where(*gone).values(status="online", status_at=now))
    return cookie, csrf


async def find_session(reader: Reader, cookie: str | None) -> Session | None:
    """The living session of this cookie; None when it is unknown, idle for too long, over, or its account closed."""
    if not cookie or len(cookie) > 100:
        return None
    statement = (
        select(
            agent_sessions,
            agents.c.username,
            agents.c.name,
            agents.c.role,
            agents.c.groups,
            agents.c.present_at,
        )
        .join(agents, agents.c.id == agent_sessions.c.agent_id)
        .where(agent_sessions.c.id == _hash(cookie), agents.c.active, ~_over(reader.now()))
    )
    row = (await reader.execute(statement)).first()
    if row is None:
        return None
    agent = Agent(row.agent_id, row.username, row.name, row.role, tuple(row.groups))
    return Session(row.id, agent, row.csrf, row.last_seen_at, row.present_at)


async def living_sessions(reader: Reader, ids: Sequence[str]) -> set[str]:
    """Which of these sessions (by their ids) still live, in one query."""
    statement = (
        select(agent_sessions.c.id)
        .join(agents, agents.c.id == agent_sessions.c.agent_id)
        .where(agent_sessions.c.id.in_(ids), agents.c.active, ~_over(reader.now()))
    )
    return set((await reader.execute(statement)).scalars())


async def do_note_presence(records: Records, session: Session, *, always: bool = False) -> None:
    """This person is here now: the session stays alive and their conversations stay theirs (promise 9)."""
    fresh = records.clock() - SEEN_EVERY
    if (
        not always
        and session.last_seen_at > fresh
        and session.present_at is not None
        and session.present_at > fresh
    ):
        return
    async with records.write() as tx:
        await tx.execute(
            update(agent_sessions).where(agent_sessions.c.id == session.id).values(last_seen_at=tx.now())
        )
        await note_present(tx, session.agent.id)


async def note_present(tx: Tx, agent_id: str) -> None:
    """The same inside a transaction that the person caused."""
    await tx.execute(update(agents).where(agents.c.id == agent_id).values(present_at=tx.now()))


async def do_end_session(records: Records, session: Session) -> None:
    """Logged out: the cookie opens nothing any more."""
    async with records.write() as tx:
        await tx.execute(delete(agent_sessions).where(agent_sessions.c.id == session.id))


def is_csrf(session: Session, token: str | None) -> bool:
    """Whether a write really comes from our console: another site can send the cookie, but not this token."""
    return hmac.compare_digest(session.csrf.encode(), (token or "").encode("utf-8", "replace"))


def _over(now: datetime) -> ColumnElement[bool]:
    return or_(agent_sessions.c.expires_at <= now, agent_sessions.c.last_seen_at <= now - IDLE)


def _hash(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "replace")).hexdigest()
