"""Serve one model to the handoff service: `.venv-bot/bin/python -m bot.serve`.

Why not plain `rasa run`: with a missing path it silently serves the newest model, with a broken one it answers 200 and
says nothing. Here the process serves exactly ANKE_MODEL or ends with exit code 2 and one line.

Environment: ANKE_MODEL (path, required), BOT_SECRET (required), ACTION_URL (default http://127.0.0.1:5055/webhook),
BOT_PORT (default 5005), BOT_HOST (127.0.0.1), ANKE_FAST (0 turns the wraps of bot/fast off), LOG_LEVEL (INFO).
"""

from __future__ import annotations

import logging
import os
import sys
import tarfile
import zlib
from pathlib import Path
from typing import Any, NoReturn

from bot.json_logs import start_logging

ROOT = Path(__file__).parents[1]
KEEP_ALIVE = 75
"""Seconds an idle connection of the gateway stays open: longer than its own pool keeps one."""


def refuse(message: str) -> NoReturn:
    """One line for the operator, exit code 2, nothing left running."""
    sys.stderr.write(f"bot: {message}\n")
    sys.stderr.flush()
    os._exit(2)


def is_whole(model: Path) -> bool:
    """The archive can be read to its end (about 0.2 s): one that was cut off looks like a model from its first bytes."""
    try:
        with tarfile.open(model) as archive:
            return bool(archive.getmembers())
    except (tarfile.TarError, OSError, EOFError, zlib.error):
        return False


def check_settings(environment: dict[str, str]) -> tuple[Path, int]:
    """The model's path and the port; refuses what cannot work."""
    model = Path(environment.get("ANKE_MODEL", ""))
    if not environment.get("ANKE_MODEL"):
        refuse("没有指定模型：请设置 ANKE_MODEL（先运行 make train）")
    if not model.is_file():
        refuse(f"模型文件不存在：{model}")
    if not is_whole(model):
        refuse(f"模型文件已损坏：{model}")
    if not environment.get("BOT_SECRET"):
        refuse("没有设置 BOT_SECRET")
    port = environment.get("BOT_PORT", "5005")
    if not port.isdigit() or not 0 < int(port) < 65536:
        refuse(f"BOT_PORT 不是端口号：{port}")
    return model, int(port)


def main() -> None:
    """Check, load, serve until told to stop."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    model, port = check_settings(dict(os.environ))
    _configure_logs(os.environ.get("LOG_LEVEL", "INFO"))
    from bot import fast

    try:
        fast.install_for_serving(model)
    except (ValueError, LookupError, TypeError) as error:  # it reads what the model says of its parts
        refuse(f"模型无法加载：{model}（{type(error).__name__}: {error}）")
    serve(model, port)


def _configure_logs(level: str) -> None:
    """JSON lines on stderr. Rasa's structured debug log prints whole messages and slots: never below INFO."""
    start_logging(level)
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(max(logging.INFO, logging.getLogger().level))


def serve(model: Path, port: int) -> None:
    """Run the server. Imports Rasa, which takes seconds: everything that can be refused early has been."""
    from rasa.core.agent import load_agent
    from rasa.core.run import close_resources, configure_app, create_http_input_channels
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig
    from sanic.response import json

    from bot import fast
    from bot.channel.input import is_ready, model_id

    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    if os.environ.get("ACTION_URL"):
        endpoints.action = EndpointConfig(url=os.environ["ACTION_URL"])
    channels = create_http_input_channels(None, str(ROOT / "credentials.yml"))
    app = configure_app(
        channels, enable_api=False, port=port, endpoints=endpoints, keep_alive_timeout=KEEP_ALIVE
    )

    async def load(app: Any, loop: Any) -> None:
        try:
            app.ctx.agent = await load_agent(model_path=str(model), endpoints=endpoints, loop=loop)
        except Exception as error:
            logging.getLogger(__name__).exception("the model cannot be loaded")
            refuse(f"模型无法加载：{model}（{type(error).__name__}: {error}）")
        if not is_ready(app.ctx.agent):
            refuse(f"模型无法加载：{model}（详见上面的日志）")
        fast.model_is_loaded()
        logging.getLogger(__name__).info("serving model %s on port %d", model_id(app.ctx.agent), port)

    async def healthz(_: Any) -> Any:
        return json({"alive": True})

    app.add_route(healthz, "/healthz", name="healthz")
    app.register_listener(load, "before_server_start")
    app.register_listener(close_resources, "after_server_stop")
    app.run(host=os.environ.get("BOT_HOST", "127.0.0.1"), port=port, workers=1, access_log=False)


if __name__ == "__main__":
    main()
