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

from launcher.preflight import (
    PreflightError,
    check_bot_python,
    check_data_version,
    check_disk,
    check_policy,
    check_port_free,
    do_lock,
)
from launcher.processes import BOT_PYTHON, SERVICE_PYTHON, Plan, plan
from launcher.settings import ROOT, SettingError, resolve, with_stored_secrets

READY_LIMIT_S = 90.0
MIGRATIONS = (
    "handoff.records.migrate",
    "aftersales.order_system.sql.migrate",
    "aftersales.order_system.sql.demo",
    "handoff.auth.seed",
)


def newest_model() -> Path:
    """The model that `designer.train` marked as current.

    Raises PreflightError when there is none.
    """
    pointer = ROOT / "models" / "current"
    if not pointer.exists():
        raise PreflightError("no trained model under models/; run `make train`.")
    model = pointer.resolve() if pointer.is_symlink() else ROOT / "models" / pointer.read_text().strip()
    if not model.exists():
        raise PreflightError(f"models/current names {model.name}, which is missing; run `make train`.")
    return model


def do_migrate(env: dict[str, str]) -> None:
    """Bring both databases up to date, fill the demo store and the accounts.

    Raises PreflightError with the last line of the step that failed.
    """
    modules = [m for m in MIGRATIONS if not (env.get("ORDER_SYSTEM_URL") and "order_system" in m)]
    for name in modules:
        done = subprocess.run(
            [str(SERVICE_PYTHON), "-m", name],
            env=env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines()
            raise PreflightError(f"{name} failed: {lines[-1] if lines else f'exit {done.returncode}'}")


async def wait_ready(url: str, limit_s: float = READY_LIMIT_S) -> bool:
    """Poll /readyz until it says ready; print which part is missing when it changes. False after the limit."""
    shown = ""
    end = time.monotonic() + limit_s
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        while time.monotonic() < end:
            try:
                answer = await client.get(f"{url}/readyz")
                if answer.status_code == 200:
                    return True
                missing = ", ".join(answer.json().get("failing", ["the service"]))
            except (httpx.HTTPError, ValueError):
                missing = "the service"
            if missing != shown:
                print(f"anke: waiting for {missing}", flush=True)
                shown = missing
            await asyncio.sleep(0.2)
    return False


def print_welcome(settings: dict[str, str], url: str, seconds: float) -> None:
    """Addresses and demo accounts, as a person wants them after the start."""
    print(f"\n安客 Anke is ready after {seconds:.1f} s\n")
    print(f"  demo store with the widget   {url}/")
    print(f"  agents' console              {url}/console")
    print(f"  data, logs                   {settings['DATA_DIR']}")
    accounts = Path(settings["DATA_DIR"]) / "demo-accounts.json"
    if accounts.exists():
        print("\n  demo accounts")
        for name, password in json.loads(accounts.read_text()).items():
            print(f"    {name:<12} {password}")
    print("\n  Ctrl-C stops everything.\n", flush=True)


async def stop_all(children: Plan) -> None:
    """Workers first, so that nothing new is accepted; then everything behind them."""
    await asyncio.gather(*(child.stop() for child in children.workers))
    rest = [*children.bots, children.actions, *([children.valkey] if children.valkey else [])]
    await asyncio.gather(*(child.stop() for child in rest))


async def serve(settings: dict[str, str], model: Path) -> int:
    """Start the children, say when they are ready, then watch until a signal. Exit code for the shell."""
    began = time.monotonic()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    children = plan(settings, model)
    host = settings["HOST"]
    shown_host = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    url = f"http://{shown_host}:{settings['PORT']}"
    try:
        if children.valkey:
            await children.valkey.start()
        for bot in children.bots:  # the slowest part first
            await bot.start()
        await asyncio.to_thread(do_migrate, children.env)
        await children.actions.start()
        for worker in children.workers:
            await worker.start()
        record_pids(settings, url, children)
        waiting = asyncio.create_task(wait_ready(url))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({waiting, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            if not waiting.result():
                print(
                    f"anke: not ready after {READY_LIMIT_S:.0f} s; see {settings['DATA_DIR']}/log",
                    file=sys.stderr,
                )
            else:
                print_welcome(settings, url, time.monotonic() - began)
        waiting.cancel()
        while not stop.is_set():
            try:
                await asyncio.wait_for(stop.wait(), 5)
            except asyncio.TimeoutError:
                record_pids(settings, url, children)
    finally:
        print("anke: stopping …", flush=True)
        await stop_all(children)
    return 0


def record_pids(settings: dict[str, str], url: str, children: Plan) -> None:
    """Keep DATA_DIR/run.json true after restarts, and the logs small."""
    pids = {c.name: c.pid for c in children.all}
    path = Path(settings["DATA_DIR"]) / "run.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"url": url, "launcher": os.getpid(), "pids": pids}))
    fresh.replace(path)
    for child in children.all:
        child.trim_log()


def main() -> int:
    """Exit code 2 and one line when this machine or these settings cannot run the service."""
    try:
        settings = resolve(os.environ)
        data_dir = Path(settings["DATA_DIR"])
        lock = do_lock(data_dir)
        check_data_version(data_dir)
        check_disk(data_dir)
        check_port_free(settings["HOST"], int(settings["PORT"]))
        check_policy()
        check_bot_python(BOT_PYTHON)
        settings = with_stored_secrets(settings)
        with lock:
            return asyncio.run(serve(settings, newest_model()))
    except (SettingError, PreflightError) as error:
        print(f"anke: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
