"""`python -m handoff.server`: one worker, a single process; WORKERS of them share HOST:PORT by SO_REUSEPORT.

The launcher starts them, after `python -m handoff.records.migrate`, and restarts one that dies. Exit code 2 with one
clear line when it cannot start.
"""

import os
import socket
import sys

from aftersales.policy import PolicyError
from handoff.app import build_app
from handoff.bootstrap import Bootstrap
from handoff.records.engine import async_url
from handoff.settings import Settings, SettingsError, read_settings
from handoff.telemetry.logs import start_logging
from handoff.transport.protocol import BoundedProtocol

BACKLOG = 1024


def listen(host: str, port: int) -> socket.socket:
    """A listening socket that other workers may share; OSError when somebody else has the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind((host, port))
    sock.listen(BACKLOG)
    sock.setblocking(False)
    return sock


def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT."""
    level = (os.environ.get("LOG_LEVEL") or "info").upper()
    start_logging(settings.name or "worker", level)  # what making the parts has to tell
    bootstrap = Bootstrap(settings)
    start_logging(bootstrap.worker, level)
    app = build_app(bootstrap)
    app.run(
        sock=listen(settings.host, settings.port),
        protocol=BoundedProtocol,
        single_process=True,
        access_log=False,
        motd=False,
    )


def main() -> int:
    try:
        settings = read_settings()
        async_url(settings.database_url)
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        serve(settings)
    except PolicyError as error:
        print(str(error), file=sys.stderr)
        return 2
    except (SettingsError, OSError, ValueError) as error:
        print(f"handoff: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
