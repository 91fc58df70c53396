"""Videos are kept as sent, so their container must be whole: its parts tile the file exactly, nothing hides behind them.

That refuses truncated files and files with a page or an archive glued to the end. Nothing is decoded.
"""

from pathlib import Path
from typing import BinaryIO

from handoff.uploads import refusal
from handoff.uploads.sniff import WEBM, FileType

_MAX_PARTS = 20_000
"""Top-level parts of a container: fragmented films of 50 MB have some hundreds."""
_KNOWN_BOXES = frozenset(
    {
        b"ftyp",
        b"moov",
        b"mdat",
        b"moof",
        b"mfra",
        b"free",
        b"skip",
        b"wide",
        b"uuid",
        b"meta",
        b"udta",
        b"sidx",
    }
    | {b"styp", b"pdin", b"emsg", b"prft", b"ssix", b"pnot"}
    | {b"sefd"}  # what Samsung's cameras write behind every film
)
_SEGMENT = 0x18538067
_EBML = 0x1A45DFA3


def check_video(path: Path, kind: FileType) -> None:
    """Raise UploadRefused 422 unless the file at `path` is one whole container of `kind`. Blocking, reads only headers."""
    size = path.stat().st_size
    with path.open("rb") as film:
        if kind is WEBM:
            _check_webm(film, size)
        else:
            _check_boxes(film, size)


def _check_boxes(film: BinaryIO, size: int) -> None:
    seen: set[bytes] = set()
    at = 0
    for _ in range(_MAX_PARTS):
        if at == size:
            break
        film.seek(at)
        head = film.read(16)
        if len(head) < 8:
            raise refusal.video_broken()
        length, name = int.from_bytes(head[:4], "big"), head[4:8]
        smallest = 8
        if length == 1 and len(head) == 16:
            length, smallest = int.from_bytes(head[8:16], "big"), 16
        elif length == 0:  # "until the end", allowed for the last box
            length = size - at
        if name not in _KNOWN_BOXES or length < smallest or at + length > size:
            raise refusal.video_broken()
        seen.add(name)
        at += length
    if at != size or b"moov" not in seen or not seen & {b"mdat", b"moof"}:
        raise refusal.video_broken()


def _check_webm(film: BinaryIO, size: int) -> None:
    at = _element(film, 0, _EBML, size)
    end = _element(film, at, _SEGMENT, size)
    if end != size:
        raise refusal.video_broken()


def _element(film: BinaryIO, at: int, wanted: int, size: int) -> int:
    """Where the EBML element `wanted` that starts at `at` ends; an unknown length (live recordings) reaches to the end."""
    film.seek(at)
    head = film.read(12)
    if len(head) < 5 or int.from_bytes(head[:4], "big") != wanted:
        raise refusal.video_broken()
    first = head[4]
    width = 9 - first.bit_length() if first else 9
    if width > 8 or len(head) < 4 + width:
        raise refusal.video_broken()
    value = int.from_bytes(head[4 : 4 + width], "big") & ((1 << (7 * width)) - 1)
    start = at + 4 + width
    if value == (1 << (7 * width)) - 1:
        return size
    if value == 0 or start + value > size:
        raise refusal.video_broken()
    return start + value
