"""The demo accounts: `python -m handoff.auth.seed`, run by the launcher after the migrations; running it again changes nothing.

Passwords are made per installation and kept in DATA_DIR/demo-accounts.json (0600); `DEMO_PASSWORD` sets one for all.
An account that somebody else made or changed is left alone.

In production mode (`ANKE_MODE`) it does the opposite: demo accounts of an earlier try are disabled and the file goes.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update

from handoff.auth.accounts import close_account, insert_account
from handoff.auth.passwords import hash_password, is_password, new_password
from handoff.auth.roles import GROUPS, Role
from handoff.records import Records, lock_name
from handoff.records.tables import agents
from handoff.settings import read_settings


@dataclass(frozen=True)
class DemoAccount:
    username: str
    name: str
    role: Role
    groups: tuple[str, ...]


DEMO_ACCOUNTS = (
    DemoAccount("agent1", "小林", "agent", ("online", "ticket", "logistics", "complaint")),
    DemoAccount("agent2", "小陈", "agent", ("online", "ticket", "logistics", "complaint")),
    DemoAccount("tech1", "周工", "specialist", ("technical", "product")),
    DemoAccount("boss", "王主管", "supervisor", GROUPS),
    DemoAccount("designer1", "小何", "designer", ()),
    DemoAccount("admin", "管理员", "admin", ()),
)


async def do_seed(records: Records, data_dir: Path, demo_password: str | None) -> dict[str, str]:
    """Make the demo accounts that are missing; returns username → password for those whose password is known here."""
    path = data_dir / "demo-accounts.json"
    known = _read(path)
    passwords = {account.username: _password(account, known, demo_password) for account in DEMO_ACCOUNTS}
    async with records.read() as reader:
        stored = {row.username: row.password_hash for row in await reader.execute(select(agents))}
    hashes = await asyncio.to_thread(_hashes, passwords, known, stored, demo_password)
    async with records.write() as tx:
        await lock_name(tx, "demo-accounts")
        existing = set((await tx.execute(select(agents.c.username))).scalars())
        for account in DEMO_ACCOUNTS:
            if account.username not in hashes:
                continue
            if account.username in existing:
                if account.username in stored:  # made by another seed meanwhile: leave that one
                    await tx.execute(
                        update(agents)
                        .where(agents.c.username == account.username)
                        .values(password_hash=hashes[account.username])
                    )
                continue
            await insert_account(
                tx,
                account.username,
                hashes[account.username],
                account.name,
                account.role,
                list(account.groups),
            )
    valid = {name: word for name, word in passwords.items() if name in hashes or name in known}
    _write(path, valid)
    return valid


async def do_close(records: Records, data_dir: Path) -> list[str]:
    """Disable the demo accounts that still have the password of DATA_DIR/demo-accounts.json, and delete that file.

    One whose password somebody changed is a person's by now and stays. Returns who was disabled."""
    path = data_dir / "demo-accounts.json"
    known = _read(path)
    async with records.read() as reader:
        rows = (
            await reader.execute(select(agents).where(agents.c.username.in_(known), agents.c.active))
        ).all()
    fits = await asyncio.to_thread(
        lambda: [row for row in rows if is_password(row.password_hash, known[row.username])]
    )
    if fits:
        async with records.write() as tx:
            for row in fits:
                await close_account(tx, row.id)
    path.unlink(missing_ok=True)
    return [row.username for row in fits]


def _password(account: DemoAccount, known: Mapping[str, str], demo_password: str | None) -> str:
    return demo_password or known.get(account.username) or new_password()


def _hashes(
    passwords: Mapping[str, str],
    known: Mapping[str, str],
    stored: Mapping[str, str],
    demo_password: str | None,
) -> dict[str, str]:
    """New hashes, for accounts to make and for those that DEMO_PASSWORD changes; everything else stays as it is."""
    fresh = {}
    for username, password in passwords.items():
        if username not in stored or (demo_password and not is_password(stored[username], password)):
            fresh[username] = hash_password(password)
    return fresh


def _read(path: Path) -> dict[str, str]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {str(name): str(word) for name, word in content.items()} if isinstance(content, dict) else {}


def _write(path: Path, passwords: Mapping[str, str]) -> None:
    """Replace the file at once; it is never readable by others, not even for a moment."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(passwords, out, ensure_ascii=False, indent=2)
        out.write("\n")
    os.replace(fresh, path)


async def main() -> int:
    settings = read_settings()
    records = Records(settings.database_url)
    try:
        if not settings.demo:
            await do_close(records, settings.data_dir)
            return 0
        valid = await do_seed(records, settings.data_dir, os.environ.get("DEMO_PASSWORD") or None)
    finally:
        await records.close()
    if len(valid) < len(DEMO_ACCOUNTS):
        unknown = [one.username for one in DEMO_ACCOUNTS if one.username not in valid]
        print(
            f"passwords of {', '.join(unknown)} are not known here; set DEMO_PASSWORD to set new ones",
            file=sys.stderr,
        )
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
