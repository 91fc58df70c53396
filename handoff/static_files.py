"""A file of handoff/static as a browser gets it: compressed as the build left it (`.br`, `.gz`), with an ETag, 304 for who has it."""

import asyncio
import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path

from sanic import HTTPResponse, Request
from sanic.response import empty, raw

IMMUTABLE = "public, max-age=31536000, immutable"
"""For a file whose name holds the hash of what is in it."""
ASK_AGAIN = "no-cache"
"""For a name that stays while what is in it changes: kept, but asked for every time, which costs a 304."""
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
"""What the build makes, the smaller one first."""
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}


def is_variant(path: Path) -> bool:
    """A compressed copy: nobody asks for it by its own name."""
    return path.suffix in {suffix for _, suffix in ENCODINGS}


async def send_file(request: Request, found: Path, cache_control: str) -> HTTPResponse:
    """The whole file, or 304. Raises OSError when it cannot be read."""
    encoding, chosen = await asyncio.to_thread(_variant, found, request.headers.get("accept-encoding", ""))
    content, tag = await asyncio.to_thread(_content, chosen)
    headers = {"Cache-Control": cache_control, "ETag": tag, "Vary": "Accept-Encoding"}
    if _is_known(request.headers.getall("if-none-match", []), tag):
        return empty(status=304, headers=headers)
    if encoding:
        headers["Content-Encoding"] = encoding
    kind = _TYPES.get(found.suffix) or mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    return raw(content, headers=headers, content_type=kind)


def _variant(found: Path, accepted: str) -> tuple[str, Path]:
    """The best copy that the browser takes. One older than its file is a leftover of an earlier build."""
    wanted = _accepted(accepted)
    for encoding, suffix in ENCODINGS:
        copy = found.with_name(found.name + suffix)
        if encoding in wanted and copy.is_file() and copy.stat().st_mtime_ns >= found.stat().st_mtime_ns:
            return encoding, copy
    return "", found


def _accepted(header: str) -> set[str]:
    """Names of Accept-Encoding whose weight is not 0. `*` counts for none: who says only that gets the plain file."""
    names = set()
    for part in header.lower().split(","):
        name, _, weight = part.partition(";")
        if weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            names.add(name.strip())
    return names


def _content(path: Path) -> tuple[bytes, str]:
    state = path.stat()
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=64)
def _read(path: Path, _changed: int, _size: int) -> tuple[bytes, str]:
    """Content and ETag; read again when the file was changed."""
    content = path.read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _is_known(lines: list[str], tag: str) -> bool:
    """If-None-Match names the tag; a proxy may have made it a weak one."""
    told = {one.strip().removeprefix("W/") for line in lines for one in line.split(",")}
    return tag in told or "*" in told
