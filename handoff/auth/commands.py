"""`anke users …` (launcher/anke.py runs it with the installation's settings): accounts from the command line."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from handoff.auth.accounts import (
    AccountError,
    do_add,
    do_disable,
    do_prepare_first_admin,
    do_renew,
    do_set_groups,
    listed_accounts,
)
from handoff.auth.invitation import LIVES, PATH, new_code
from handoff.auth.passwords import is_usable
from handoff.auth.roles import GROUPS, ROLES
from handoff.errors import ApiError
from handoff.records import Records
from handoff.settings import Settings, SettingsError, read_settings


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="anke users", description="people who work at the desk")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="add|disable|password|groups|list")
    add = verbs.add_parser(
        "add", help="a new account; prints a one-time link on which its owner chooses a password"
    )
    add.add_argument("username")
    add.add_argument("--name", help="what colleagues and customers see (default: the user name)")
    add.add_argument("--role", default="agent", help=f"{', '.join(ROLES)} (default: agent)")
    add.add_argument("--groups", default="", help=f"comma-separated: {', '.join(GROUPS)}")
    disable = verbs.add_parser(
        "disable", help="ends sessions and closes consoles within a second; nothing is deleted"
    )
    disable.add_argument("username")
    password = verbs.add_parser(
        "password", help="a one-time link for a new password; opens a disabled account again"
    )
    password.add_argument("username")
    groups = verbs.add_parser("groups", help="which groups' queues a person serves")
    groups.add_argument("username")
    groups.add_argument("groups", metavar="GROUP,GROUP")
    verbs.add_parser("list", help="everybody, one a line")
    verbs.add_parser("first-admin")  # the launcher's own: prints a link while nobody administers
    return top


async def run(words: argparse.Namespace, settings: Settings) -> list[str]:
    """Do it; the lines to print. AccountError when it cannot be done."""
    records = Records(settings.database_url)
    try:
        match words.verb:
            case "add":
                groups = words.groups.split(",")
                await do_add(records, words.username, words.name or words.username, words.role, groups)
                return [f"{words.username} is added.", *await _invited(records, settings, words.username)]
            case "password":
                await do_renew(records, words.username)
                return [
                    f"{words.username} is signed out.",
                    *await _invited(records, settings, words.username),
                ]
            case "disable":
                await do_disable(records, words.username)
                return [
                    f"{words.username} is disabled; `anke users password {words.username}` opens it again."
                ]
            case "groups":
                listed = await do_set_groups(records, words.username, words.groups.split(","))
                return [f"{words.username} serves {', '.join(listed) or 'no group'}."]
            case "first-admin":
                username = await do_prepare_first_admin(records)
                return [] if username is None else [f"{username} {await _link(records, settings, username)}"]
        return await _table(records)
    finally:
        await records.close()


async def _link(records: Records, settings: Settings, username: str) -> str:
    async with records.read() as reader:
        return f"{settings.public_url}{PATH}{await new_code(reader, username, settings.secret_key)}"


async def _invited(records: Records, settings: Settings, username: str) -> list[str]:
    hours = int(LIVES.total_seconds() // 3600)
    link = await _link(records, settings, username)
    return [f"One-time link, good for {hours} hours, on which they choose their password:", f"  {link}"]


async def _table(records: Records) -> list[str]:
    rows = await listed_accounts(records)
    if not rows:
        return ["no accounts yet; `anke users add NAME --role admin` makes the first."]
    lines = [("user", "role", "state", "groups", "name")]
    for row in rows:
        state = "disabled" if not row.active else "active" if is_usable(row.password_hash) else "link open"
        lines.append((row.username, row.role, state, ",".join(row.groups) or "-", row.name))
    widths = [max(len(line[at]) for line in lines) for at in range(4)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(line[:4], widths, strict=True)), line[4]])
        for line in lines
    ]


def main(words: Sequence[str]) -> int:
    """Exit code 2 with one line when it cannot be done."""
    told = parser().parse_args(words)
    try:
        print("\n".join(asyncio.run(run(told, read_settings()))))
    except (AccountError, SettingsError, ValueError) as error:
        print(f"anke: {error}", file=sys.stderr)
        return 2
    except ApiError:
        print("anke: the service's database does not answer now; try again.", file=sys.stderr)
        return 2
    except Exception as error:  # a database that is away, or not migrated: its own words, one line
        print(f"anke: the service's database cannot be used: {str(error).splitlines()[0]}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
