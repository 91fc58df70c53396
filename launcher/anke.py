"""The `anke` command (`.venv/bin/anke`, put there by the set-up): an operator's day two.

    anke users add | disable | password | groups | list     people at the desk
    anke check                                              settings, rules and texts, without starting anything
    anke doctor                                             what is wrong here, and what to do about it
    anke advisories                                         what is published about the installed libraries
    anke upgrade [REF]                                      newer code, with a way back
    anke demo reset | remove                                the demo store's orders

It reads the same settings as the service (`.env`, environment) and works whether the service runs or not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from launcher import advisories, doctor, installation, upgrade

USAGE = (__doc__ or "").split("\n\n")[1]


def _users(words: Sequence[str]) -> int:
    return installation.main(["handoff.auth.commands", *words])


def _demo(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="anke demo", description="the demo store's orders")
    parser.add_argument("verb", choices=["reset", "remove"], help="as on the first day; or take them out")
    verb = parser.parse_args(words).verb
    return installation.do_demo(verb)


def _check(words: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="anke check", description="settings, rules and texts").parse_args(words)
    return doctor.main(only_files=True)


def _doctor(words: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="anke doctor", description="what is wrong, and what to do").parse_args(words)
    return doctor.main()


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "users": _users,
    "check": _check,
    "doctor": _doctor,
    "advisories": advisories.main,
    "upgrade": upgrade.main,
    "demo": _demo,
}


def main(words: Sequence[str]) -> int:
    """The command's exit code; 2 with one line (or the usage) when it cannot be done."""
    command = COMMANDS.get(words[0]) if words else None
    if command is None:
        asked = bool(words) and words[0] in ("-h", "--help", "help")
        print(USAGE, file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    return command(words[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
