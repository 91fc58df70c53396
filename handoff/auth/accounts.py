"""People's accounts: made, disabled, given groups and a way to a new password; what `anke users` and a production start do.

Nobody's password is ever typed or shown by somebody else: an account begins, and begins anew, with a one-time link on
which its owner chooses a password (handoff/auth/invitation.py).
"""

import asyncio
import re
import secrets
from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, insert, select, update

from handoff.auth.passwords import hash_password, is_usable, unusable_hash
from handoff.auth.roles import GROUPS, ROLES
from handoff.records import Records, Tx, lock_name, new_id
from handoff.records.tables import agent_sessions, agents, audits

FIRST_ADMIN = "admin"
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


class AccountError(Exception):
    """What was asked for cannot be done; one line for the operator."""


def check_username(username: str) -> str:
    if not _USERNAME.fullmatch(username):
        raise AccountError(
            f"a user name has 2 to 40 of a-z 0-9 . _ - and begins with a letter or digit, not {username!r}."
        )
    return username


def check_role(role: str) -> str:
    if role not in ROLES:
        raise AccountError(f"there is no role {role!r}; roles are {', '.join(ROLES)}.")
    return role


def check_groups(groups: Iterable[str], role: str) -> list[str]:
    """Each a skill group, in the order of the handbook. Who serves customers needs one; a supervisor sees all."""
    told = [one for one in groups if one]
    for one in told:
        if one not in GROUPS:
            raise AccountError(f"there is no group {one!r}; groups are {', '.join(GROUPS)}.")
    if role in ("agent", "specialist") and not told:
        raise AccountError(f"a {role} serves at least one group (--groups {GROUPS[0]},{GROUPS[1]}).")
    return [one for one in GROUPS if one in told]


async def do_add(records: Records, username: str, name: str, role: str, groups: Iterable[str]) -> None:
    """A new account without a password yet; AccountError when the name is taken or something does not fit."""
    check_username(username)
    if not name.strip() or len(name) > 80 or not name.isprintable():
        raise AccountError("the name that colleagues see has 1 to 80 printable characters.")
    listed = check_groups(groups, check_role(role))
    async with records.write() as tx:
        await lock_name(tx, "accounts")
        taken = await tx.execute(select(agents.c.id).where(agents.c.username == username))
        if taken.first() is not None:
            raise AccountError(
                f"{username} exists already; `anke users password {username}` gives it a new link."
            )
        made = await insert_account(tx, username, unusable_hash(), name.strip(), role, listed)
        await note_account(tx, made, "account_added")


async def insert_account(
    tx: Tx, username: str, password_hash: str, name: str, role: str, groups: list[str]
) -> str:
    """Returns its id."""
    made = new_id("a")
    await tx.execute(
        insert(agents).values(
            id=made,
            username=username,
            password_hash=password_hash,
            name=name,
            role=role,
            groups=groups,
            active=True,
            created_at=tx.now(),
        )
    )
    return made


async def do_disable(records: Records, username: str) -> None:
    """Nobody works as this account any more: sessions end, open consoles close within a second, its conversations go
    back to their old places, its password and links are void. What it did stays in logs and audit."""
    async with records.write() as tx:
        agent_id = await _id_of(tx, username)
        await close_account(tx, agent_id)


async def close_account(tx: Tx, agent_id: str, by: str | None = None) -> None:
    """`by`: the administrator (agents.id) whose console it was done at; None: the command line."""
    await tx.execute(
        update(agents)
        .where(agents.c.id == agent_id)
        .values(active=False, present_at=None, password_hash=unusable_hash())
    )
    await end_sessions(tx, agent_id)
    await note_account(tx, agent_id, "account_disabled", by)


async def end_sessions(tx: Tx, agent_id: str, keep: str | None = None) -> None:
    """Whoever works as this account is signed out, but for the session `keep`; open consoles close within a second."""
    theirs = (agent_sessions.c.agent_id == agent_id, agent_sessions.c.id != (keep or ""))
    await tx.execute(delete(agent_sessions).where(*theirs))


async def do_renew(records: Records, username: str) -> None:
    """The account is open and waits for a new password: the old one, its sessions and earlier links are void."""
    async with records.write() as tx:
        await renew_account(tx, await _id_of(tx, username))


async def renew_account(tx: Tx, agent_id: str, by: str | None = None) -> None:
    await tx.execute(
        update(agents).where(agents.c.id == agent_id).values(active=True, password_hash=unusable_hash())
    )
    await end_sessions(tx, agent_id)
    await note_account(tx, agent_id, "account_renewed", by)


async def do_set_groups(records: Records, username: str, groups: Iterable[str]) -> list[str]:
    """Counts for the next thing the person does; an open console shows it within ten seconds."""
    async with records.write() as tx:
        agent_id = await _id_of(tx, username)
        role = (await tx.execute(select(agents.c.role).where(agents.c.id == agent_id))).scalar_one()
        listed = check_groups(groups, role)
        await tx.execute(update(agents).where(agents.c.id == agent_id).values(groups=listed))
        await note_account(tx, agent_id, "account_groups", groups=listed)
    return listed


async def do_choose_password(records: Records, agent_id: str, old_hash: str, password: str) -> bool:
    """Set the password if nothing changed since the link was made; the link is void then. False: it was void already."""
    return await do_replace_password(records, agent_id, old_hash, password)


async def do_replace_password(
    records: Records, agent_id: str, old_hash: str, password: str, *, keep: str | None = None
) -> bool:
    """Set it if the hash is still that one; every session ends but `keep` (its id), whose owner knew the old password. False: it is
    not, and nothing changed."""
    fresh = await asyncio.to_thread(hash_password, password)
    async with records.write() as tx:
        done = await tx.execute(
            update(agents)
            .where(agents.c.id == agent_id, agents.c.password_hash == old_hash, agents.c.active)
            .values(password_hash=fresh)
        )
        if done.rowcount != 1:
            return False
        await end_sessions(tx, agent_id, keep)
        await note_account(tx, agent_id, "password_changed" if keep else "password_chosen", agent_id)
    return True


async def listed_accounts(records: Records) -> list[Any]:
    """Rows username, name, role, groups, active, password_hash, present_at; by role and name."""
    async with records.read() as reader:
        rows = (await reader.execute(select(agents).order_by(agents.c.role, agents.c.username))).all()
    return list(rows)


async def do_prepare_first_admin(records: Records) -> str | None:
    """The user name of an administrator who has still to choose a password, made if nobody administers; None when
    somebody does."""
    async with records.write() as tx:
        await lock_name(tx, "accounts")
        rows = (await tx.execute(select(agents))).all()
        admins = [one for one in rows if one.role == "admin" and one.active]
        if any(is_usable(one.password_hash) for one in admins):
            return None
        names = {one.username for one in rows}
        if admins:
            return str(admins[0].username)  # invited already: earlier links stay good
        if any(one.username == FIRST_ADMIN and one.role == "admin" for one in rows):
            await tx.execute(
                update(agents)
                .where(agents.c.username == FIRST_ADMIN)
                .values(active=True, password_hash=unusable_hash())
            )
            return FIRST_ADMIN
        username = FIRST_ADMIN if FIRST_ADMIN not in names else f"{FIRST_ADMIN}-{secrets.token_hex(2)}"
        await insert_account(tx, username, unusable_hash(), "管理员", "admin", [])
    return username


async def _id_of(tx: Tx, username: str) -> str:
    row = (await tx.execute(select(agents.c.id).where(agents.c.username == username))).first()
    if row is None:
        known = sorted((await tx.execute(select(agents.c.username))).scalars())
        raise AccountError(f"there is no user {username}; users are {', '.join(known) or 'none yet'}.")
    return str(row.id)


async def note_account(tx: Tx, agent_id: str, action: str, by: str | None = None, **detail: Any) -> None:
    """A line of the audit: who did it (nobody known at the command line), to which account."""
    told = {"account": agent_id, **({} if by else {"by": "operator"}), **detail}
    await tx.execute(
        insert(audits).values(id=new_id("d"), at=tx.now(), agent_id=by, action=action, detail=told)
    )
