"""`anke doctor` and `anke check`: what is wrong with this installation, each with what to do about it.

`check` looks at what an operator and a store write (settings, rules, texts) and starts nothing; `doctor` also at the machine:
disk, permissions, ports, environments, model, databases, order system, Redis, clock, accounts. Neither changes anything,
and both may run beside the service.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx

from launcher import doctor_systems
from launcher.env_file import SettingError, read_env_file
from launcher.findings import Finding, bad, fine, odd
from launcher.overlay import DataError, joined, store_of
from launcher.preflight import (
    PreflightError,
    check_bot_python,
    check_data_version,
    check_disk,
    check_policy,
    check_port_free,
    do_lock,
)
from launcher.processes import BOT_PYTHON
from launcher.publish import unusable
from launcher.settings import ROOT, SETTINGS, resolve, unknown_names

Settings = dict[str, str]
FEWEST_OPEN_FILES = 4096
BACKUP_DAYS = 7


def settings_findings(settings: Settings) -> Iterator[Finding]:
    for line in unknown_names():
        yield odd(line, "correct or delete that line of .env.")
    env = ROOT / ".env"
    secret = {one.name for one in SETTINGS if one.secret} | {
        "DATABASE_URL",
        "ORDERS_DATABASE_URL",
        "REDIS_URL",
    }
    if env.exists() and stat.S_IMODE(env.stat().st_mode) & 0o077 and secret & set(read_env_file(env)):
        yield odd(".env holds secrets and others may read it.", f"chmod 600 {env}")
    yield fine(f"settings can be used; this is a {settings['ANKE_MODE']} installation.")
    if settings["ANKE_MODE"] == "production":
        yield from _production(settings)


def _production(settings: Settings) -> Iterator[Finding]:
    if not settings["ALLOWED_ORIGINS"]:
        yield odd(
            "ALLOWED_ORIGINS is empty: pages of your store cannot use the widget.",
            "ALLOWED_ORIGINS=https://shop.example in .env, with the origins of your pages; then restart.",
        )
    if not settings["PUBLIC_URL"]:
        yield odd(
            "PUBLIC_URL is empty: links of `anke users` lead to this machine only.",
            "PUBLIC_URL=https://service.shop.example in .env.",
        )
    if settings["HOST"] in ("127.0.0.1", "::1", "localhost") and not settings["TRUSTED_PROXIES"]:
        yield odd(
            "TRUSTED_PROXIES is empty: behind nginx every customer would count as this machine, and no limit would hold.",
            "TRUSTED_PROXIES=127.0.0.1 in .env when a proxy of this machine stands in front.",
        )


def rules_findings(settings: Settings) -> Iterator[Finding]:
    store = store_of(settings)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            hint = check_policy(joined(Path(scratch), ROOT, store, unusable))
    except DataError as error:
        for line in error.lines[:20]:
            yield bad(line, "mend that line; a running service goes on with the data before it.")
        return
    what = (
        f"the store's rules can be used, with what {store} says."
        if store
        else "the store's rules can be used."
    )
    yield odd(hint, "see docs/operators.md, “A store's own data”.") if hint else fine(what)


def texts_findings(settings: Settings) -> Iterator[Finding]:
    """The data check of `make check`: sentences, flows, words, with the store's own."""
    done = subprocess.run(
        [sys.executable, "-m", "designer.check"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "STORE_DIR": settings["STORE_DIR"]},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        yield fine("flows, sentences and words can be used.")
        return
    lines = (done.stdout + done.stderr).strip().splitlines() or ["the data check ended without a word."]
    for line in lines[:20]:
        yield bad(line, "mend that line.")
    if len(lines) > 20:
        yield bad(f"… and {len(lines) - 20} more.", ".venv/bin/python -m designer.check tells all.")


def data_dir_findings(settings: Settings) -> Iterator[Finding]:
    data_dir = Path(settings["DATA_DIR"])
    if not data_dir.is_dir():
        if not os.access(_there(data_dir), os.W_OK):
            yield bad(
                f"DATA_DIR {data_dir} does not exist and {_me()} may not make it.",
                f"sudo install -d -m 700 -o {_me()} {data_dir}",
            )
        else:
            yield odd(f"DATA_DIR {data_dir} does not exist yet.", "the first start makes it (`make run`).")
        return
    foreign = _foreign(data_dir)
    if foreign is not None:
        yield bad(
            f"{foreign} cannot be written by {_me()} (started as another user once?).",
            f"sudo chown -R {_me()} {data_dir}, or run as the service's user (sudo -u …).",
        )
        return
    yield fine(f"DATA_DIR {data_dir} belongs to {_me()}.")
    try:
        check_data_version(data_dir)
        check_disk(data_dir)
    except PreflightError as error:
        yield bad(
            str(error),
            "make room, or move DATA_DIR to a larger disk; code older than its data is never started.",
        )
        return
    free = os.statvfs(data_dir)
    free_mb = free.f_bavail * free.f_frsize // 2**20
    if free_mb < int(settings["UPLOADS_MIN_FREE_MB"]):
        yield odd(
            f"{free_mb} MB are free: less than UPLOADS_MIN_FREE_MB, so pictures and videos are refused.",
            "make room or lower UPLOADS_MIN_FREE_MB.",
        )
    else:
        yield fine(f"{free_mb} MB are free.")
    try:
        json.loads((data_dir / "secrets.json").read_text())
    except FileNotFoundError:
        pass
    except (OSError, ValueError):
        yield bad(
            f"{data_dir / 'secrets.json'} is damaged.",
            "restore it from a backup, or delete it (everybody is signed out then).",
        )
    if settings["ANKE_MODE"] == "production":
        yield from _backups(data_dir)


def _backups(data_dir: Path) -> Iterator[Finding]:
    made = [one.stat().st_mtime for one in (data_dir / "backups").glob("*.tar.gz")]
    if not made:
        yield odd(
            "there is no backup in DATA_DIR/backups.", "`make backup`, daily, and a copy on another machine."
        )
    elif time.time() - max(made) > BACKUP_DAYS * 86400:
        yield odd(f"the newest backup is older than {BACKUP_DAYS} days.", "`make backup`, daily.")


def _foreign(data_dir: Path) -> Path | None:
    """The first thing in DATA_DIR that we may not write; a folder of uploads counts once."""
    if not os.access(data_dir, os.R_OK | os.W_OK | os.X_OK):
        return data_dir
    for one in sorted(data_dir.iterdir()):
        if not one.is_symlink() and not one.is_socket() and not os.access(one, os.R_OK | os.W_OK):
            return one
    return None


def _there(folder: Path) -> Path:
    """The nearest folder above that exists."""
    while not folder.exists():
        folder = folder.parent
    return folder


def _me() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"


def running_at(data_dir: Path) -> str | None:
    """The address of the service that runs on DATA_DIR; None when none does."""
    if not data_dir.is_dir():
        return None
    try:
        do_lock(data_dir).close()
    except PreflightError:
        try:
            return str(json.loads((data_dir / "run.json").read_text())["url"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""
    return None


def service_findings(settings: Settings) -> Iterator[Finding]:
    """Running: what /readyz says. Stopped: whether the port is free for a start."""
    url = running_at(Path(settings["DATA_DIR"]))
    if url is None:
        try:
            check_port_free(settings["HOST"], int(settings["PORT"]))
        except PreflightError as error:
            yield bad(str(error), f"`ss -ltnp 'sport = :{settings['PORT']}'` shows who has it.")
            return
        yield fine(f"the service does not run; port {settings['PORT']} is free for it.")
        return
    try:
        answer = httpx.get(f"{url}/readyz", timeout=10, trust_env=False)
        told = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        yield bad(
            f"the service runs and does not answer at {url or 'its address'}.",
            f"look at the last lines of {settings['DATA_DIR']}/log/launcher.log and worker-1.log.",
        )
        return
    if answer.status_code == 200:
        yield fine(f"the service runs and is ready at {url}.")
    for part, state in told.items():
        if part not in ("ready", "failing", "data") and state != "ok":
            log = {"bot": "bot-1.log", "actions": "actions.log", "orders": "actions.log"}.get(
                part, "worker-1.log"
            )
            yield bad(
                f"the running service says {part}: {state}.",
                f"see below, and {settings['DATA_DIR']}/log/{log}.",
            )


def machine_findings(settings: Settings) -> Iterator[Finding]:
    try:
        check_bot_python(BOT_PYTHON)
        yield fine("both Python environments are there.")
    except PreflightError as error:
        yield bad(str(error), "`make setup` installs it; PYTHON310 names a Python 3.10 that is not found.")
    if not (ROOT / "handoff" / "static" / "console" / "index.html").exists():
        yield bad("the web pages are not built.", "`make setup` builds them.")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < FEWEST_OPEN_FILES:
        yield odd(
            f"a process may open {hard} files here, so few customers can be connected.",
            "LimitNOFILE=65536 in the systemd unit, or ulimit -Hn.",
        )


def model_findings(settings: Settings) -> Iterator[Finding]:
    """Missing, older than the data, or newer than what the running service loaded."""
    from launcher.__main__ import newest_model

    try:
        model = newest_model(Path(settings["ANKE_MODELS_DIR"]))
    except PreflightError as error:
        yield bad(str(error), "`make train` (about two minutes).")
        return
    facts = model.with_name(model.name.removesuffix(".tar.gz") + ".json")
    try:
        trained_on = json.loads(facts.read_text(encoding="utf-8")).get("inputs")
    except (OSError, ValueError, AttributeError):
        trained_on = None
    if trained_on != _fingerprint(settings):
        yield odd(
            f"the model {model.name} is older than the sentences of data/ and STORE_DIR, or bot/.",
            "`make train`, then restart the service.",
        )
    else:
        yield fine(f"the model {model.name} fits the data.")
    loaded = list((Path(settings["DATA_DIR"]) / "model").glob("*.tar.gz"))
    if running_at(Path(settings["DATA_DIR"])) is not None and loaded and loaded[0].name != model.name:
        yield odd(f"the running bots use {loaded[0].name}.", "restart the service to use the newer one.")


def _fingerprint(settings: Settings) -> str:
    """Of what a model is trained on now; empty when it cannot be read (told above)."""
    words = [sys.executable, "-c", "from designer.inputs import inputs_fingerprint as of; print(of())"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "STORE_DIR": settings["STORE_DIR"]}
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def findings(settings: Settings, *, only_files: bool) -> Iterator[Finding]:
    """Everything, in the order in which it should be mended."""
    yield from settings_findings(settings)
    yield from rules_findings(settings)
    if only_files:
        yield from texts_findings(settings)
        return
    yield from data_dir_findings(settings)
    yield from machine_findings(settings)
    yield from model_findings(settings)
    yield from service_findings(settings)
    yield from asyncio.run(doctor_systems.findings(settings))


@dataclass(frozen=True)
class Shown:
    """How a finding looks."""

    sign: Literal["ok", "?", "!!"]

    def lines(self, finding: Finding) -> Iterator[str]:
        yield f"  {self.sign:<3} {finding.what}"
        if finding.advice:
            yield f"      → {finding.advice}"


SHOWN = {"fine": Shown("ok"), "odd": Shown("?"), "bad": Shown("!!")}


def main(*, only_files: bool = False) -> int:
    """Exit code 0 when nothing is bad, 1 when something is, 2 when the settings cannot be read."""
    try:
        settings = resolve(os.environ)
    except SettingError as error:
        print(f"  !!  {error}\n      → correct it in .env or the environment; nothing starts until then.")
        return 2
    counts = {"fine": 0, "odd": 0, "bad": 0}
    for finding in findings(settings, only_files=only_files):
        counts[finding.weight] += 1
        print("\n".join(SHOWN[finding.weight].lines(finding)), flush=True)
    print(f"anke: {counts['bad']} to mend, {counts['odd']} to look at, {counts['fine']} fine.")
    return 1 if counts["bad"] else 0
