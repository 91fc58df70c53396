"""Small real files, made in memory, for the upload tests."""

import io
import struct
import zlib
from collections.abc import AsyncIterator

from PIL import Image


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    """A picture with a red left half and a blue right half."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def picture_with_place() -> bytes:
    """A JPEG that carries GPS data, a camera name and a comment, and must be turned to stand upright."""
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", (60, 40), exif=exif, comment=b"SecretComment")


def png_header_only(width: int, height: int) -> bytes:
    """A PNG that claims these dimensions: a decompression bomb's header with a few bytes of data behind it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 10_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def box(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(data)) + name + data


def mp4(brand: bytes = b"isom", film: bytes = b"\1" * 5000) -> bytes:
    return box(b"ftyp", brand + b"\0\0\2\0isomavc1") + box(b"moov", b"\0" * 200) + box(b"mdat", film)


def mov() -> bytes:
    return mp4(b"qt  ")


def webm(data: bytes = b"\0" * 3000, *, known_length: bool = True) -> bytes:
    doc = b"\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm\x42\x87\x81\x04\x42\x85\x81\x02"
    length = (len(data) | (1 << 56)).to_bytes(8, "big") if known_length else b"\x01" + b"\xff" * 7
    return b"\x1aE\xdf\xa3" + bytes([0x80 | len(doc)]) + doc + b"\x18\x53\x80\x67" + length + data


async def chunks(data: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]
