"""`anke advisories`: the hashed locks (requirements/*.txt) against published security advisories; asks the package index only.

An index tells the advisories of a release with the release itself (JSON API, `vulnerabilities`); nothing is downloaded or
changed. What somebody has judged is named in requirements/judged-advisories.txt with the reason and told no more.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx

from launcher.settings import ROOT

REQUIREMENTS = ROOT / "requirements"
LOCKS = ("service", "bot", "dev")
JUDGED = REQUIREMENTS / "judged-advisories.txt"
AT_ONCE = 8
ANSWER_S = 20.0
_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==([^\s;\\]+)", re.I | re.M)
_INDEX_SETTINGS = ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL")


class NotAsked(Exception):
    """The index could not be asked; one line for the operator."""


@dataclass(frozen=True)
class Pin:
    """A release that a lock names."""

    lock: str
    name: str
    version: str


@dataclass(frozen=True)
class Advisory:
    """What is published about a release: its number and other names, what it is about, which releases mend it."""

    names: tuple[str, ...]
    summary: str
    fixed_in: tuple[str, ...]


def read_pins(lock: Path) -> list[Pin]:
    """What a lock pins, in its order."""
    return [Pin(lock.stem, name, version) for name, version in _PIN.findall(lock.read_text(encoding="utf-8"))]


def read_judged(file: Path = JUDGED) -> set[str]:
    """Numbers of advisories that somebody has judged: the first word of each line."""
    if not file.exists():
        return set()
    lines = (line.split("#")[0].split() for line in file.read_text(encoding="utf-8").splitlines())
    return {words[0] for words in lines if words}


def json_api(environ: Mapping[str, str] = os.environ) -> str:
    """Address of the index's JSON API: beside the index that the installer is set to. NotAsked when none is known."""
    index = next((environ[name] for name in _INDEX_SETTINGS if environ.get(name)), "") or _installers_own()
    parts = urlsplit(index)
    if parts.scheme not in ("http", "https"):
        raise NotAsked("no package index is known: give its address with --index https://…/simple")
    path = re.sub(r"/(?:simple|pypi)/?$", "", parts.path.rstrip("/"))
    return urlunsplit((parts.scheme, parts.netloc, f"{path}/pypi", "", ""))


def _installers_own() -> str:
    """What pip of the Python below this environment is set to, or its default."""
    base = str(Path(sys.base_prefix) / "bin" / "python3")
    setting = [base, "-m", "pip", "config", "get", "global.index-url"]
    default = [base, "-c", "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"]
    for words in (setting, default):
        try:
            done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=30)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0 and done.stdout.strip():
            return done.stdout.strip()
    return ""


def read_advisories(answer: object) -> list[Advisory]:
    """Of the index's answer for one release; withdrawn ones left out. ValueError when it does not tell them."""
    told = answer.get("vulnerabilities") if isinstance(answer, dict) else None
    if not isinstance(told, list):
        raise ValueError("no `vulnerabilities`")
    return [
        Advisory(
            (str(one.get("id")), *map(str, one.get("aliases") or ())),
            " ".join(str(one.get("summary") or one.get("details") or "").split())[:160],
            tuple(map(str, one.get("fixed_in") or ())),
        )
        for one in told
        if isinstance(one, dict) and not one.get("withdrawn")
    ]


async def ask(api: str, pins: Iterable[Pin]) -> dict[Pin, list[Advisory] | None]:
    """What the index publishes about each; None: it does not tell of this release. NotAsked when it cannot help."""
    gate = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(timeout=ANSWER_S, follow_redirects=True) as client:

        async def one(pin: Pin) -> list[Advisory] | None:
            async with gate:
                return await _ask_one(client, f"{api}/{pin.name}/{pin.version}/json")

        first, *more = pins
        told = {first: await one(first)}  # an index that is away costs one time-out
        answers = await asyncio.gather(*map(one, more), return_exceptions=True)
    for pin, answer in zip(more, answers, strict=True):
        if isinstance(answer, BaseException):
            raise answer
        told[pin] = answer
    return told


async def _ask_one(client: httpx.AsyncClient, address: str) -> list[Advisory] | None:
    try:
        answer = await client.get(address)
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        return read_advisories(answer.json())
    except httpx.HTTPStatusError as error:
        raise NotAsked(f"the package index answers {error.response.status_code}; try again later") from None
    except (httpx.HTTPError, httpx.InvalidURL):
        raise NotAsked(
            "the package index cannot be reached from here (offline?): nothing was checked"
        ) from None
    except ValueError:
        raise NotAsked("this package index tells no advisories: nothing was checked") from None


def lines(found: Mapping[Pin, list[Advisory] | None], judged: set[str]) -> tuple[list[str], int]:
    """What is told, and the exit code: 1 when something is to be judged, 2 when nothing could be checked."""
    if found and all(advisories is None for advisories in found.values()):
        return ["this package index tells nothing of single releases: nothing was checked"], 2
    told, open_ones, known, unknown = [], 0, 0, 0
    for pin, advisories in found.items():
        unknown += advisories is None
        for one in advisories or ():
            if judged & set(one.names):
                known += 1
                continue
            open_ones += 1
            way = f"mended in {', '.join(one.fixed_in)}" if one.fixed_in else "not mended yet"
            told.append(f"{pin.lock}: {pin.name} {pin.version}: {' '.join(one.names)}: {one.summary} ({way})")
    checked = len(found) - unknown
    told.append(
        f"{checked} releases checked, {open_ones} advisories to judge, {known} judged before"
        + (f"; the index does not tell of {unknown} releases" if unknown else "")
    )
    return told, 1 if open_ones else 0


def main(words: Sequence[str]) -> int:
    """Exit code 0 when there is nothing to judge, 1 when there is, 2 with one line when it could not be checked."""
    read = argparse.ArgumentParser(
        prog="anke advisories", description="the locks against published advisories"
    )
    read.add_argument("locks", nargs="*", metavar="LOCK", help="service, bot, dev; all without")
    read.add_argument("--index", default="", help="the package index, when it is not the installer's")
    given = read.parse_args(words)
    if set(given.locks) - set(LOCKS):
        read.error(f"a lock is one of {', '.join(LOCKS)}")
    pins = [pin for name in given.locks or LOCKS for pin in read_pins(REQUIREMENTS / f"{name}.txt")]
    try:
        api = json_api({"PIP_INDEX_URL": given.index} if given.index else os.environ)
        told, code = lines(asyncio.run(ask(api, dict.fromkeys(pins))), read_judged())
    except NotAsked as error:
        print(f"anke: {error}", file=sys.stderr)
        return 2
    for line in told:
        print(f"anke: {line}")
    return code
