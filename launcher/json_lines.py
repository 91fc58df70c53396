"""Log lines of the launcher and of programs that cannot write JSON themselves, in the shape of the others."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

#: Valkey: `2743:M 29 Nov 2026 18:48:50.658 * Server initialized`; the sign is the level.
_VALKEY = re.compile(r"\d+:\w \d+ \w+ \d+ [\d:.]+ ([.\-*#]) (.*)")
_LEVELS = {".": "debug", "-": "info", "*": "info", "#": "warning"}


def json_line(process: str, text: str, level: str = "info") -> str:
    """One line of JSON; a line of Valkey's loses its own time and takes its own level."""
    found = _VALKEY.fullmatch(text)
    if found:
        level, text = _LEVELS[found.group(1)], found.group(2)
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json.dumps({"at": at, "level": level, "process": process, "message": text}, ensure_ascii=False)
