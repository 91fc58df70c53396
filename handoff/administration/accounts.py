"""Accounts at the console: the same acts as `anke users` (handoff/auth/accounts.py), with sentences for the person who does them.

Nobody locks themselves out: who administers cannot disable, reset or demote their own account, so one administrator always stays.
"""

import re
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import select, update

from handoff.auth.accounts import (
    close_account,
    end_sessions,
    insert_account,
    note_account,
    renew_account,
)
from handoff.auth.guard import forbidden
from handoff.auth.invitation import LIVES, PATH, new_code
from handoff.auth.passwords import is_usable, unusable_hash
from handoff.auth.roles import GROUPS, ROLES, Agent, Role
from handoff.clock import rfc3339
from handoff.desk.access import check_words
from handoff.errors import ApiError, invalid, not_found
from handoff.queue.people import PRESENT
from handoff.records import Reader, Records, Tx, lock_name
from handoff.records.tables import agents
from handoff.settings import Settings
from handoff.store_rules import StoreRules

LONGEST_NAME = 80
MOST_CAPACITY = 100
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_IN_GROUPS = ("agent", "specialist")


@dataclass(frozen=True)
class Profile:
    """What an administrator decides about a person. `capacity` None: as the policy says."""

    name: str
    role: Role
    groups: list[str]
    skills: list[str]
    capacity: int | None


def check_username(body: Any) -> str:
    """ApiError 422."""
    told = body.get("username") if isinstance(body, dict) else None
    if not isinstance(told, str) or not _USERNAME.fullmatch(told):
        raise invalid("用户名用 2 到 40 个小写字母、数字或 . _ -，以字母或数字开头。")
    return told


def check_profile(body: Any, rules: StoreRules) -> Profile:
    """`{"name","role","groups"?,"skills"?,"capacity"?}`; ApiError 422. Groups and skills belong to roles that serve in groups."""
    told = body if isinstance(body, dict) else {}
    name = cast(str, check_words(told.get("name"), "姓名", LONGEST_NAME, needed=True))
    if not name.isprintable():
        raise invalid("姓名里有无法显示的字符。")
    role = told.get("role")
    if role not in ROLES:
        raise invalid("没有这个角色。")
    groups = _codes(told.get("groups"), GROUPS, "技能组")
    skills = _codes(told.get("skills"), tuple(rules.categories.by_code), "擅长的问题类别")
    if role in _IN_GROUPS and not groups:
        raise invalid("客服和专员至少要在一个技能组里。")
    capacity = told.get("capacity")
    if capacity is not None and (
        isinstance(capacity, bool) or not isinstance(capacity, int) or not 0 <= capacity <= MOST_CAPACITY
    ):
        raise invalid(f"接待上限是 0 到 {MOST_CAPACITY} 的整数，不填按规则。")
    serves = role in _IN_GROUPS
    return Profile(
        name, role, groups if serves else [], skills if serves else [], capacity if serves else None
    )


def _codes(value: Any, known: tuple[str, ...], what: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(one in known for one in value):
        raise invalid(f"{what}不对。")
    return [one for one in known if one in value]


async def accounts(reader: Reader) -> list[dict[str, Any]]:
    """Everybody, those who may sign in first; `password`: set, or a one-time link waits for its owner."""
    order = (agents.c.active.desc(), agents.c.role, agents.c.username)
    fresh = reader.now() - PRESENT
    return [
        {
            "id": row.id,
            "username": row.username,
            "name": row.name,
            "role": row.role,
            "groups": row.groups,
            "skills": row.skills or [],
            "capacity": row.capacity,
            "active": row.active,
            "password": "set" if is_usable(row.password_hash) else "link",
            "here": bool(row.present_at and row.present_at > fresh),
            "seen_at": rfc3339(row.present_at) if row.present_at else None,
            "created_at": rfc3339(row.created_at),
        }
        for row in await reader.execute(select(agents).order_by(*order))
    ]


async def do_create(
    records: Records, settings: Settings, by: Agent, username: str, profile: Profile
) -> dict[str, Any]:
    """A new account and the link on which its owner chooses a password, told this once; 409 `conflict` when the name is taken."""
    async with records.write() as tx:
        await lock_name(tx, "accounts")
        if (await tx.execute(select(agents.c.id).where(agents.c.username == username))).first() is not None:
            raise ApiError(409, "conflict", "这个用户名已经有人用了。")
        made = await insert_account(tx, username, unusable_hash(), profile.name, profile.role, profile.groups)
        more = {"skills": profile.skills or None, "capacity": profile.capacity}
        await tx.execute(update(agents).where(agents.c.id == made).values(**more))
        await note_account(tx, made, "account_added", by.id, role=profile.role)
        return {"id": made, **await _link(tx, settings, username)}


async def do_change(records: Records, by: Agent, account_id: str, profile: Profile) -> None:
    """Counts from the next thing the person does. With another role they sign in anew, and whoever serves no more gives their
    customers back to the queue within seconds."""
    async with records.write() as tx:
        row = await _account(tx, by, account_id)
        if row.role != profile.role:
            _not_oneself(by, row, "不能改自己的角色。")
            await end_sessions(tx, row.id)
        changed = {
            name: value
            for name, value in (
                ("name", profile.name),
                ("role", profile.role),
                ("groups", profile.groups),
                ("skills", profile.skills),
                ("capacity", profile.capacity),
            )
            if (getattr(row, name) or None) != (value or None)
            or (name == "capacity" and row.capacity != value)
        }
        if not changed:
            return
        await tx.execute(update(agents).where(agents.c.id == row.id).values(**changed))
        await note_account(tx, row.id, "account_changed", by.id, **changed)
        tx.touch_queue()


async def do_disable(records: Records, by: Agent, account_id: str) -> None:
    """Sessions end, open consoles close within a second, customers go back to their old places."""
    async with records.write() as tx:
        row = await _account(tx, by, account_id)
        _not_oneself(by, row, "不能停用自己。")
        await close_account(tx, row.id, by.id)
        tx.touch_queue()


async def do_reset(records: Records, settings: Settings, by: Agent, account_id: str) -> dict[str, Any]:
    """A new link, told this once; the old password and earlier links are void, a disabled account is open again."""
    async with records.write() as tx:
        row = await _account(tx, by, account_id)
        _not_oneself(by, row, "不能重置自己的密码，请另一位管理员来做。")
        await renew_account(tx, row.id, by.id)
        return await _link(tx, settings, row.username)


async def _link(tx: Tx, settings: Settings, username: str) -> dict[str, Any]:
    code = await new_code(tx, username, settings.secret_key)
    return {"link": f"{settings.public_url}{PATH}{code}", "hours": int(LIVES.total_seconds() // 3600)}


async def _account(tx: Tx, by: Agent, account_id: str) -> Any:
    """The row, locked. Two administrators who disable each other at once: the second is one no more."""
    await lock_name(tx, "accounts")
    mine = select(agents.c.id).where(agents.c.id == by.id, agents.c.active, agents.c.role == by.role)
    if (await tx.execute(mine)).first() is None:
        raise forbidden()
    known = account_id.isascii() and account_id.isprintable()
    found = select(agents).where(agents.c.id == (account_id if known else "")).with_for_update()
    row = (await tx.execute(found)).first()
    if row is None:
        raise not_found("没有这个账号。")
    return row


def _not_oneself(by: Agent, row: Any, told: str) -> None:
    if row.id == by.id:
        raise ApiError(409, "own", told)
