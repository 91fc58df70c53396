"""Start everything in the foreground, watch it, stop it: `python -m launcher` (what `make run` ends in)."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from launcher.console import console, open_missing_streams
from launcher.env_file import SettingError
from launcher.housekeeping import keep_house
from launcher.overlay import store_of
from launcher.preflight import (
    CANNOT_RUN,
    PreflightError,
    check_bot_python,
    check_data_version,
    check_disk,
    check_policy,
    check_port_free,
    do_lock,
    explained,
)
from launcher.processes import BOT_PYTHON, SERVICE_PYTHON, Plan, kept_model, plan
from launcher.publish import DataPrint, data_print, do_publish, keep_published, root_in_use
from launcher.settings import ROOT, resolve, unknown_names, with_stored_secrets

READY_LIMIT_S = 90.0


def newest_model(folder: Path = ROOT / "models") -> Path:
    """The model that `designer.train` marked as current.

    Raises PreflightError when there is none.
    """
    pointer = folder / "current"
    if not pointer.exists() and not pointer.is_symlink():
        raise PreflightError(f"no trained model under {folder}; run `make train`.")
    model = pointer.resolve() if pointer.is_symlink() else folder / pointer.read_text().strip()
    if not model.is_file():
        raise PreflightError(f"models/current names {model.name}, which is missing; run `make train`.")
    return model


async def wait_ready(url: str, log_dir: Path) -> None:
    """Poll /readyz until it says ready; tell which part is missing when it changes, and once that it takes long."""
    shown = ""
    late = time.monotonic() + READY_LIMIT_S
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        while True:
            try:
                answer = await client.get(f"{url}/readyz")
                if answer.status_code == 200:
                    return
                missing = ", ".join(answer.json().get("failing", ["the service"]))
            except (httpx.HTTPError, ValueError):
                missing = "the service"
            if missing != shown:
                console.say(f"anke: waiting for {missing}")
                shown = missing
            if time.monotonic() > late:
                console.complain(f"anke: not ready after {READY_LIMIT_S:.0f} s; see {log_dir}")
                late = float("inf")
            await asyncio.sleep(0.2)


async def wait_refused(children: Plan) -> PreflightError:
    """The first refusal of a child that has never served: the same start would end the same way."""
    while True:
        for child in children.all:
            if child.refusal:
                return PreflightError(f"{child.name} cannot run: {child.refusal}")
        await asyncio.sleep(0.1)


def print_welcome(settings: dict[str, str], url: str, seconds: float, first_admin: str = "") -> None:
    """Addresses and demo accounts, as a person wants them after the start; in production no password is ever shown, and
    `first_admin` is the one-time link while nobody administers."""
    demo = settings["ANKE_MODE"] == "demo"
    public = settings["PUBLIC_URL"].rstrip("/") or url
    lines = [f"\n安客 Anke is ready after {seconds:.1f} s ({settings['ANKE_MODE']})\n"]
    if demo:
        lines.append(f"  demo store with the widget   {public}/")
    else:
        lines.append(f"  the widget, for your pages   {public}/widget.js")
    lines += [
        f"  agents' console              {public}/console",
        f"  data, logs                   {settings['DATA_DIR']}",
    ]
    if demo:
        try:
            accounts = json.loads((Path(settings["DATA_DIR"]) / "demo-accounts.json").read_text())
            lines += ["\n  demo accounts", *(f"    {name:<12} {word}" for name, word in accounts.items())]
        except (OSError, ValueError, AttributeError):
            pass
    if first_admin:
        name, _, link = first_admin.partition(" ")
        lines += [
            f"\n  Nobody administers yet. One-time link for {name}, good for 24 hours (open it yourself, soon):",
            f"    {link}",
            "  then .venv/bin/anke users add … for the people at the desk (docs/operators.md).",
        ]
    console.say("\n".join([*lines, "\n  Ctrl-C stops everything.\n"]))


def first_admin_link(children: Plan) -> str:
    """`name link` while nobody administers an installation in production; empty otherwise, and when it cannot be made
    (`anke users password` makes one any time)."""
    env = children.workers[0].env
    if env["ANKE_MODE"] != "production":
        return ""
    words = [str(SERVICE_PYTHON), "-m", "handoff.auth.commands", "first-admin"]
    try:
        done = subprocess.run(
            words, env=env, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


async def serve(settings: dict[str, str], model: Path, published: DataPrint) -> int:
    """Start the children, say when they are ready, then watch until a signal. Exit code for the shell.

    Raises PreflightError or OSError when the start fails; once it is ready, only a signal ends it.
    """
    began = time.monotonic()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    children = plan(settings, model)
    console.log = Path(settings["DATA_DIR"]) / "log" / "launcher.log"
    data_dir = Path(settings["DATA_DIR"])
    host = settings["HOST"]
    shown_host = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    url = f"http://{shown_host}:{settings['PORT']}"
    tasks: list[asyncio.Task[object]] = []
    try:
        await children.start()
        tasks.append(asyncio.create_task(keep_house(data_dir, url, children.all)))
        tasks.append(asyncio.create_task(keep_published(settings, published)))
        ready = asyncio.create_task(wait_ready(url, data_dir / "log"))
        stopped = asyncio.create_task(stop.wait())
        refused = asyncio.create_task(wait_refused(children))
        tasks += [ready, stopped, refused]
        await asyncio.wait({ready, stopped, refused}, return_when=asyncio.FIRST_COMPLETED)
        if ready.done():
            seconds = time.monotonic() - began
            print_welcome(settings, url, seconds, await asyncio.to_thread(first_admin_link, children))
        elif refused.done():
            raise refused.result()
        refused.cancel()
        await stop.wait()
    finally:
        console.say("anke: stopping …")
        for task in tasks:
            task.cancel()
        await children.stop()
    return 0


def run() -> int:
    """Check this machine and these settings, then serve.

    Raises SettingError, PreflightError or OSError when the service cannot run here and now.
    """
    settings = resolve(os.environ)
    for line in unknown_names():
        console.complain(f"anke: {line}")
    data_dir = Path(settings["DATA_DIR"])
    with do_lock(data_dir):
        check_disk(data_dir)
        check_data_version(data_dir)
        check_port_free(settings["HOST"], int(settings["PORT"]))
        published = data_print(store_of(settings))
        do_publish(settings)
        hint = check_policy(root_in_use(data_dir))
        if hint is not None:
            console.complain(f"anke: {hint}")
        check_bot_python(BOT_PYTHON)
        settings = with_stored_secrets(settings)
        try:
            model = kept_model(newest_model(Path(settings["ANKE_MODELS_DIR"])), data_dir)
            return asyncio.run(serve(settings, model, published))
        except PreflightError:
            check_disk(data_dir)  # the reason behind a step that failed, and one that may pass by itself
            raise


def main() -> int:
    """One line and exit code 2 when this machine or these settings cannot run the service, 74 when the disk is full."""
    open_missing_streams()
    try:
        return run()
    except SettingError as error:
        console.complain(f"anke: {error}")
        return CANNOT_RUN
    except PreflightError as error:
        console.complain(f"anke: {error}")
        return error.exit_code
    except OSError as error:
        refused = explained(error)
        console.complain(f"anke: {refused}")
        return refused.exit_code
    finally:
        console.close()


if __name__ == "__main__":
    sys.exit(main())
