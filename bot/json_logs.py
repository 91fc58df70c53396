"""The bot's log: one JSON object a line, as the other processes write theirs; phone numbers and e-mails masked."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from types import TracebackType

from bot.turn import current_turn

_MOBILE = re.compile(r"(?<![0-9])(1[3-9][0-9])[ \-]?[0-9]{4}[ \-]?([0-9]{4})(?![0-9])")
_EMAIL = re.compile(r"([A-Za-z0-9])[A-Za-z0-9._%+\-]*@([A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def masked(text: str) -> str:
    """Without what names a person, and without the colours with which Rasa's own lines come."""
    text = _EMAIL.sub(r"\1***@\2", _MOBILE.sub(r"\1****\2", text))
    return _COLOUR.sub("", text)


class JsonLines(logging.Formatter):
    """Time, level, logger, the turn in progress, message, trace."""

    def format(self, record: logging.LogRecord) -> str:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, object] = {
            "at": f"{stamp}.{int(record.msecs):03d}+00:00",
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": "bot",
            "message": masked(record.getMessage()),
        }
        turn = current_turn.get(None)
        if turn is not None:
            line |= {"turn_id": turn.turn_id, "conversation_id": turn.conversation_id}
        if record.exc_info:
            line["trace"] = masked(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def start_logging(level: str) -> None:
    """All loggers write JSON lines to stderr. Rasa's own stay at INFO or above: its debug log prints whole messages."""
    chosen = logging.getLevelName(level.upper()) if level.upper() in logging._nameToLevel else logging.INFO
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.INFO, chosen))
    for ours in ("bot", "__main__"):
        logging.getLogger(ours).setLevel(chosen)
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(
        logging.ERROR
    )  # old libraries of a pinned Rasa: nothing to be done
    sys.excepthook = _log_uncaught


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("bot").critical("the bot ended: %s", kind.__name__, exc_info=(kind, error, trace))
