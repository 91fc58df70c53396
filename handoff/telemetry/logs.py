"""JSON log lines, one turn id through gateway, bot and actions; phone numbers and e-mails masked, texts never logged."""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType

from aftersales.masking import mask_text

turn_in_progress: ContextVar[str | None] = ContextVar("turn_in_progress", default=None)
"""The turn that the current task works for; every log line written meanwhile carries it."""


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, worker, turn_id, conversation_id, message, trace."""

    def __init__(self, worker: str) -> None:
        super().__init__()
        self._worker = worker

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "worker": self._worker,
            "message": mask_text(record.getMessage()),
        }
        turn_id = getattr(record, "turn_id", None) or turn_in_progress.get()
        if turn_id:
            line["turn_id"] = turn_id
        conversation_id = getattr(record, "conversation_id", None)
        if conversation_id:
            line["conversation_id"] = conversation_id
        if record.exc_info:
            # SQL parameters hold customers' words: hide_parameters is set on the engines, this masks the rest
            line["trace"] = mask_text(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("handoff").critical(
        "the worker ended: %s", kind.__name__, exc_info=(kind, error, trace)
    )


def start_logging(worker: str, level: str = "INFO") -> None:
    """All loggers write JSON lines to stderr, where the launcher collects them."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(worker))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    sys.excepthook = _log_uncaught
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "aiosqlite", "sanic.root", "sanic.server", "websockets", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for own in ("sanic.root", "sanic.error", "sanic.access", "sanic.server", "sanic.websockets"):
        logger = logging.getLogger(own)
        logger.handlers[:] = []
        logger.propagate = True
