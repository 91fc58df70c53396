"""Pictures are checked by their header before anything is decoded, then re-encoded: no EXIF, no location, no hidden payload.

Re-encoding is what makes a polyglot (a picture that is also a page or an archive) harmless: only pixels survive.
"""

import asyncio
import io
import logging
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps, PngImagePlugin

from handoff.uploads import refusal
from handoff.uploads.limits import UploadLimits
from handoff.uploads.sniff import JPEG, PNG, FileType

log = logging.getLogger("handoff.uploads")

# Pillow's own bomb guard stays off (None): the header check below is stricter and has a sentence for the customer.
Image.MAX_IMAGE_PIXELS = None
PngImagePlugin.MAX_TEXT_MEMORY = 1024 * 1024

_SHARP_PIXELS = 4_000_000
"""Drawings and screenshots up to this size stay lossless; a larger PNG takes seconds to compress and becomes a JPEG."""
_JPEG_QUALITY = 88
_MOST_SCANS = 100
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_STANDS_ALONE = frozenset({0x00, 0x01, 0xD8, *range(0xD0, 0xD8)})
"""Markers without a length behind them, and the zero that says that a byte of the picture is 0xFF."""


@dataclass(frozen=True)
class CleanPicture:
    """A picture that we drew ourselves."""

    data: bytes
    type: FileType
    width: int
    height: int


class PictureCleaner:
    """Cleans pictures in a few threads; the rest wait their turn, so that memory stays bounded."""

    def __init__(self, limits: UploadLimits) -> None:
        self._limits = limits
        self._threads = ThreadPoolExecutor(max_workers=limits.decoders, thread_name_prefix="picture")

    async def clean(self, path: Path, kind: FileType) -> CleanPicture:
        """The picture at `path`, drawn anew. Raises UploadRefused 413 (pixels) or 422 (broken, lying)."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, clean_picture, path, kind, self._limits)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def clean_picture(path: Path, kind: FileType, limits: UploadLimits) -> CleanPicture:
    """Blocking body of `PictureCleaner.clean`: header first, pixels only when the header is acceptable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if kind is JPEG:
                _check_scans(path)
            with Image.open(path, formats=[kind.name]) as picture:
                _check_header(picture, limits)
                picture.seek(0)
                picture.load()
                return _redraw(_upright(picture), kind)
    except refusal.UploadRefused:
        raise
    except MemoryError as error:
        raise refusal.picture_too_many_pixels(limits.picture_megapixels) from error
    except (
        Exception
    ) as error:  # Pillow's decoders raise OSError, SyntaxError, ValueError, struct.error, IndexError …
        raise refusal.picture_broken() from error


def _check_header(picture: Image.Image, limits: UploadLimits) -> None:
    width, height = picture.size
    if width < 1 or height < 1:
        raise refusal.picture_broken()
    if max(width, height) > limits.picture_side and width * height <= limits.picture_pixels:
        raise refusal.picture_too_long(limits.picture_side)
    if width * height > limits.picture_pixels:
        raise refusal.picture_too_many_pixels(limits.picture_megapixels)


def _check_scans(path: Path) -> None:
    """A progressive JPEG has about ten scans; one with thousands would keep a decoder busy for minutes. Only the picture
    itself counts: phones put a film of some megabytes behind it, where any two bytes occur by chance."""
    data = path.read_bytes()
    at = scans = 0
    while (at := data.find(b"\xff", at)) >= 0 and at + 3 < len(data):
        marker = data[at + 1]
        if marker == _END_OF_IMAGE:
            return
        scans += marker == _START_OF_SCAN
        if scans > _MOST_SCANS:
            raise refusal.picture_broken()
        alone = marker in _STANDS_ALONE
        at += 1 if marker == 0xFF else 2 if alone else 2 + int.from_bytes(data[at + 2 : at + 4], "big")


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as the camera was held; broken EXIF data is no reason to refuse a photo."""
    try:
        ImageOps.exif_transpose(picture, in_place=True)  # not in place it copies even what stands upright
    except Exception:  # EXIF parsers raise whatever the bytes provoke
        log.debug("a picture's orientation could not be read")
    return picture


def _redraw(picture: Image.Image, kind: FileType) -> CleanPicture:
    width, height = picture.size
    out = io.BytesIO()
    see_through = "A" in picture.getbands() or "transparency" in picture.info
    if kind.name in ("PNG", "GIF") and width * height <= _SHARP_PIXELS:
        target = PNG
        clean = _only_pixels(_in_mode(picture, "RGBA" if see_through else "RGB"))
        clean.save(out, "PNG")
    else:
        target = JPEG
        clean = _only_pixels(_on_white(picture) if see_through else _in_mode(picture, "RGB"))
        clean.save(out, "JPEG", quality=_JPEG_QUALITY)
    return CleanPicture(out.getvalue(), target, width, height)


def _on_white(picture: Image.Image) -> Image.Image:
    layer = _in_mode(picture, "RGBA")
    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper


def _in_mode(picture: Image.Image, mode: str) -> Image.Image:
    """convert() without the copy of a picture that is in that mode already: 100 MB for 25 megapixels."""
    return picture if picture.mode == mode else picture.convert(mode)


def _only_pixels(picture: Image.Image) -> Image.Image:
    """The same picture without metadata: savers copy EXIF, comments and profiles from `info`."""
    picture.info = {}
    return picture
