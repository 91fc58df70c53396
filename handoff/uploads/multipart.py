"""Reads one multipart/form-data body as it arrives and hands the bytes of field `file` on, never holding them all.

Sanic's own form parser wants the whole body in memory; a video may have 50 MB.
"""

import re
from collections.abc import AsyncIterator

from handoff.uploads import refusal

_MAX_PART_HEADER = 8 * 1024
_MAX_OTHER_FIELDS = 64 * 1024
_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,70})"|([^\s;,"]{1,70}))', re.IGNORECASE)
_FIELD = re.compile(
    rb'^content-disposition:\s*form-data\b[^\r\n]*?;\s*name="?([^";\r\n]*)"?', re.IGNORECASE | re.MULTILINE
)


def check_boundary(content_type: str | None) -> bytes:
    """The boundary named by the Content-Type header; UploadRefused 422 when this is no multipart form."""
    found = _BOUNDARY.search(content_type or "")
    if not found or not (content_type or "").lower().lstrip().startswith("multipart/form-data"):
        raise refusal.malformed()
    return (found[1] or found[2]).encode("ascii", "ignore")


async def file_field(body: AsyncIterator[bytes], boundary: bytes) -> AsyncIterator[bytes]:
    """Yield the bytes of the first field called `file`; the rest of the form is read and dropped.

    Raises UploadRefused 422: no such field, malformed, or the body ended before the field did.
    """
    mark = b"\r\n--" + boundary
    buffer = bytearray(b"\r\n")  # so that the first boundary looks like every other
    delivered = in_file = in_part = False
    other = 0
    async for chunk in body:
        buffer += chunk
        while True:
            if not in_part:
                state = _next_part(buffer, mark)
                if state is None:
                    break
                if state == b"":
                    if not delivered:
                        raise refusal.no_file()
                    await _drain(body)
                    return
                in_part, in_file = True, state == b"file" and not delivered
            end = buffer.find(mark)
            ready = end if end >= 0 else len(buffer) - len(mark)
            if ready > 0:
                if in_file:
                    yield bytes(buffer[:ready])
                else:
                    other += ready
                    if other > _MAX_OTHER_FIELDS:
                        raise refusal.malformed()
                del buffer[:ready]
            if end < 0:
                break
            delivered, in_part, in_file = delivered or in_file, False, False
    raise refusal.interrupted() if in_part else refusal.malformed()


def _next_part(buffer: bytearray, mark: bytes) -> bytes | None:
    """Take a boundary and the part's header off `buffer`: the field's name, b"" at the end of the form, None: read on."""
    at = buffer.find(mark)
    if at > 0 or (at < 0 and len(buffer) > len(mark) + _MAX_PART_HEADER):
        raise refusal.malformed()  # nothing may stand before a boundary
    if at < 0 or len(buffer) < len(mark) + 2:
        return None
    if buffer[len(mark) : len(mark) + 2] == b"--":
        return b""
    end = buffer.find(b"\r\n\r\n", len(mark))
    if end < 0 or end - len(mark) > _MAX_PART_HEADER:
        if len(buffer) > len(mark) + _MAX_PART_HEADER:
            raise refusal.malformed()
        return None
    header = bytes(buffer[len(mark) + 2 : end])
    del buffer[: end + 4]
    name = _FIELD.search(header)
    if not name:
        raise refusal.malformed()
    return name[1] or b"?"


async def _drain(body: AsyncIterator[bytes]) -> None:
    async for _ in body:
        pass
