"""Content sniffing, the type of a file by its first bytes: names and MIME types come from the customer and are not trusted."""

from dataclasses import dataclass
from typing import Literal

HEAD_BYTES = 64
"""How much of the file `sniff` wants to see."""

Family = Literal["image", "video"]


@dataclass(frozen=True)
class FileType:
    """A kind of file that we keep: how we call it, how we serve it, how we name it on disk."""

    family: Family
    name: str
    mime: str
    suffix: str


JPEG = FileType("image", "JPEG", "image/jpeg", ".jpg")
PNG = FileType("image", "PNG", "image/png", ".png")
WEBP = FileType("image", "WEBP", "image/webp", ".webp")
GIF = FileType("image", "GIF", "image/gif", ".gif")
MP4 = FileType("video", "MP4", "video/mp4", ".mp4")
MOV = FileType("video", "MOV", "video/quicktime", ".mov")
WEBM = FileType("video", "WEBM", "video/webm", ".webm")

# Major brands of ISO files that hold a film. HEIC and AVIF use the same container and are pictures we cannot clean.
_FILM_BRANDS = frozenset(
    {
        b"isom",
        b"iso2",
        b"iso3",
        b"iso4",
        b"iso5",
        b"iso6",
        b"avc1",
        b"mp41",
        b"mp42",
        b"mp71",
        b"M4V ",
        b"M4VP",
    }
    | {b"MSNV", b"dash", b"f4v ", b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3g2a", b"mmp4"}
    | {b"iso7", b"iso8", b"iso9", b"hvc1", b"hev1", b"XAVC"}
)


def sniff(head: bytes) -> FileType | None:
    """The type of the file that begins with `head` (at least HEAD_BYTES of it), or None when we do not keep such files."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand == b"qt  ":
            return MOV
        return MP4 if brand in _FILM_BRANDS else None
    if head.startswith(b"\x1aE\xdf\xa3") and b"\x42\x82\x84webm" in head[:HEAD_BYTES]:
        return WEBM
    return None
