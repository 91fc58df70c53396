"""The action server: `python -m actions.server`. rasa-sdk's webhook on SANIC_HOST:ACTION_PORT, one process, loopback.

Why not `rasa run actions`: actions are registered by name instead of by import scanning, the store is opened and checked
before the port is, logs are one JSON line each with the turn's id and no customer text, and Sanic's worker manager
(which leaves orphans behind) is not used.
"""

import asyncio
import json
import logging
import os
import sys
import time
import zlib
from types import TracebackType
from typing import Any

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionMissingDomainException, ActionNotFoundException
from sanic import Request, Sanic
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from actions.dialogue_action import DialogueAction
from actions.store import Store, the_store, use_store
from aftersales.masking import mask_text
from aftersales.order_system import call_figures
from aftersales.order_system.port import Unavailable

log = logging.getLogger("anke.actions")


class JsonLines(logging.Formatter):
    """One JSON object a line; free text is masked (H7)."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "process": "actions",
            "event": mask_text(record.getMessage()),
        }
        line.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = mask_text(f"{type(record.exc_info[1]).__name__}: {record.exc_info[1]}")
            trace = record.exc_info[2]
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            if trace is not None:
                line["where"] = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"
        return json.dumps(line, ensure_ascii=False)


def make_executor() -> ActionExecutor:
    """An executor that knows the one action."""
    executor = ActionExecutor()
    executor.register_action(DialogueAction())
    return executor


def make_app() -> Sanic[Any, Any]:
    """The webhook of the rasa-sdk protocol, health and readiness. Failures answer 500 without the customer's text."""
    app = Sanic("anke_actions", configure_logging=False)
    app.config.ACCESS_LOG = False
    app.config.KEEP_ALIVE_TIMEOUT = 120
    app.config.MOTD = False
    executor = make_executor()

    @app.get("/healthz", name="healthz")
    @app.get("/health", name="health")
    async def health(_: Request) -> HTTPResponse:
        return json_response({"status": "ok"})

    @app.get("/ready")
    async def ready(_: Request) -> HTTPResponse:
        """Customers are answered: with the data in force, whatever the order system does (dialogue/away.py)."""
        the_store()
        return json_response({"ready": True})

    @app.get("/orders")
    async def orders(_: Request) -> HTTPResponse:
        """Does the order system answer?"""
        state = await order_system_state(the_store())
        return json_response({"orders": state}, status=200 if state == "ok" else 503)

    @app.get("/figures")
    async def figures(_: Request) -> HTTPResponse:
        """For /metrics; asks nobody."""
        return json_response({"orders": call_figures(the_store().orders)})

    @app.post("/webhook")
    async def webhook(request: Request) -> HTTPResponse:
        body = request.body
        if request.headers.get("Content-Encoding") == "deflate":
            body = zlib.decompress(body)
        return await run_action(executor, json.loads(body))

    @app.after_server_stop
    async def close(_: Sanic[Any, Any]) -> None:
        await the_store().orders.close()
        use_store(None)

    return app


async def order_system_state(store: Store) -> str:
    """`ok` when reads would work within the patience of a turn, else `token_refused` or `down`."""
    try:
        async with asyncio.timeout(store.patience):
            await store.orders.ready()
    except Unavailable as error:
        return "token_refused" if error.code == "order_system_token_refused" else "down"
    except Exception:
        return "down"
    return "ok"


async def run_action(executor: ActionExecutor, call: dict[str, Any]) -> HTTPResponse:
    """Run one action, log it with its turn, answer as rasa-sdk does (404 unknown, 449 domain missing, 500 failed)."""
    told = ((call.get("tracker", {}).get("latest_message") or {}).get("metadata") or {}).get("anke") or {}
    fields = {one: told.get(one) for one in ("turn_id", "conversation_id", "attempt")}
    fields["action"] = call.get("next_action")
    began = time.perf_counter()
    status, error = 200, None
    body: Any = None
    try:
        result = await executor.run(call)
        body = result.model_dump() if result else None
    except ActionNotFoundException as unknown:
        status, body, error = 404, {"error": unknown.message, "action_name": unknown.action_name}, unknown
    except ActionMissingDomainException as missing:
        status, body = 449, {"error": missing.message, "action_name": missing.action_name}
    except Exception as failure:
        status, body, error = 500, {"error": type(failure).__name__}, failure
    fields |= {"status": status, "ms": round((time.perf_counter() - began) * 1000, 1)}
    if log.isEnabledFor(logging.DEBUG) and body:
        fields["responses"] = [one.get("response") for one in body["responses"] if one.get("response")]
        fields["events"] = [one.get("event") for one in body["events"]]
    log.log(logging.ERROR if error else logging.INFO, "action", exc_info=error, extra={"fields": fields})
    return json_response(body, status=status)


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    log.critical("the action server ended: %s", kind.__name__, exc_info=(kind, error, trace))


def main() -> int:
    """Open the store, then serve until stopped. Exit code 2 with one line when data is broken."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    level = (os.environ.get("LOG_LEVEL") or "info").upper()
    logging.basicConfig(level=level, handlers=[handler], force=True)
    sys.excepthook = _log_uncaught
    for noisy in ("rasa_sdk", "sanic.root", "sanic.server", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        the_store()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    app = make_app()
    host, port = os.environ.get("SANIC_HOST") or "127.0.0.1", int(os.environ.get("ACTION_PORT") or 5055)
    app.run(host=host, port=port, single_process=True, access_log=False, debug=False, motd=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
