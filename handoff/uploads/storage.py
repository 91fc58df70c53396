"""Where files live: DATA_DIR/uploads, random names in 256 folders; names never come from a customer."""

import asyncio
import errno
import logging
import os
import re
import secrets
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from handoff.uploads import refusal
from handoff.uploads.limits import MEGABYTE, UploadLimits
from handoff.uploads.picture import CleanPicture, PictureCleaner
from handoff.uploads.sniff import HEAD_BYTES, FileType, sniff
from handoff.uploads.video import check_video

log = logging.getLogger("handoff.uploads")

_WRITE_BYTES = 256 * 1024
_ROOM_BYTES = 4 * MEGABYTE
"""How often free space is looked at while a file arrives: many may arrive at once."""
_STALE_SECONDS = 3600
_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{30}\.(?:jpg|png|mp4|mov|webm)")


@dataclass(frozen=True)
class StoredFile:
    """A file that was accepted. `name` is relative to the folder of the uploads."""

    name: str
    type: FileType
    size: int
    width: int | None = None
    height: int | None = None


class UploadStorage:
    """Receives, checks and keeps files of one installation."""

    def __init__(self, folder: Path, limits: UploadLimits | None = None) -> None:
        self._folder = folder
        self._limits = limits or UploadLimits()
        self._cleaner = PictureCleaner(self._limits)
        self._incoming = folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._remove_stale()

    @property
    def limits(self) -> UploadLimits:
        return self._limits

    @property
    def largest_body(self) -> int:
        """Bytes of the largest acceptable request body: a video and some form around it."""
        return self._limits.video_bytes + 128 * 1024

    async def do_store(self, chunks: AsyncIterator[bytes]) -> StoredFile:
        """Keep the file that `chunks` carry, or raise UploadRefused; nothing is left behind then.

        The type is known from the first bytes, so that a heavy picture is cut off at its limit while it arrives.
        """
        self.check_room()
        received = self._incoming / secrets.token_hex(16)
        try:
            kind = await self._receive(chunks, received)
            return await self._keep(received, kind)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO):
                raise refusal.disk_full() from error
            raise
        finally:
            received.unlink(missing_ok=True)

    def check_room(self, wanted: int = 0) -> None:
        """UploadRefused 503 unless `wanted` bytes more would leave `min_free_mb` free."""
        if shutil.disk_usage(self._folder).free - wanted < self._limits.min_free_mb * MEGABYTE:
            log.warning("an upload was refused: less than %d MB would be free", self._limits.min_free_mb)
            raise refusal.disk_full()

    def names(self, prefix: str, before: float) -> list[str]:
        """Names of kept files that begin with `prefix` (of the folder) and were written before that time. Blocking."""
        found = []
        for folder in self._folder.glob(f"{prefix}*"):
            for path in folder.iterdir() if folder.is_dir() else ():
                name = f"{folder.name}/{path.name}"
                with suppress(FileNotFoundError):
                    if _NAME.fullmatch(name) and path.stat().st_mtime < before:
                        found.append(name)
        return found

    def path(self, name: str) -> Path | None:
        """The file called `name`, or None when there is no such file (or `name` is not one of ours)."""
        if not _NAME.fullmatch(name):
            return None
        path = self._folder / name
        return path if path.is_file() else None

    def remove(self, name: str) -> None:
        """Forget a file that no row will ever name."""
        path = self.path(name)
        if path is not None:
            path.unlink(missing_ok=True)

    async def do_remove_stale(self) -> None:
        """Forget what was half received an hour ago or earlier: its worker was killed."""
        await asyncio.to_thread(self._remove_stale)

    def close(self) -> None:
        self._cleaner.close()

    async def _receive(self, chunks: AsyncIterator[bytes], target: Path) -> FileType:
        kind: FileType | None = None
        size = 0
        pending = bytearray()
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb", buffering=_WRITE_BYTES) as out:
            async for chunk in chunks:
                size += len(chunk)
                pending += chunk
                if kind is None:
                    if len(pending) < HEAD_BYTES:
                        continue
                    kind = self._check_type(pending)
                self._check_size(size, kind)
                if size // _ROOM_BYTES != (size - len(chunk)) // _ROOM_BYTES:
                    self.check_room()
                out.write(pending)  # the page cache takes 256 KB in well under a millisecond
                pending.clear()
            if size == 0:
                raise refusal.empty_file()
            if kind is None:
                kind = self._check_type(pending)
                out.write(pending)
        return kind

    def _check_type(self, head: bytearray) -> FileType:
        kind = sniff(bytes(head[:HEAD_BYTES]))
        if kind is None:
            raise refusal.unknown_type()
        return kind

    def _check_size(self, size: int, kind: FileType) -> None:
        if kind.family == "image" and size > self._limits.picture_bytes:
            raise refusal.picture_too_heavy(self._limits.picture_mb)
        if kind.family == "video" and size > self._limits.video_bytes:
            raise refusal.video_too_heavy(self._limits.video_mb)

    async def _keep(self, received: Path, kind: FileType) -> StoredFile:
        if kind.family == "video":
            check_video(received, kind)
            name = self._new_name(kind)
            os.replace(received, self._folder / name)
            return StoredFile(name, kind, (self._folder / name).stat().st_size)
        picture = await self._cleaner.clean(received, kind)
        name = await asyncio.to_thread(self._write_clean, received, picture)
        return StoredFile(name, picture.type, len(picture.data), picture.width, picture.height)

    def _write_clean(self, received: Path, picture: CleanPicture) -> str:
        name = self._new_name(picture.type)
        received.write_bytes(picture.data)
        os.replace(received, self._folder / name)
        return name

    def _new_name(self, kind: FileType) -> str:
        token = secrets.token_hex(16)
        (self._folder / token[:2]).mkdir(exist_ok=True, mode=0o700)
        return f"{token[:2]}/{token[2:]}{kind.suffix}"

    def _remove_stale(self) -> None:
        """Remove what a killed process left half received; other workers may be receiving right now."""
        oldest = time.time() - _STALE_SECONDS
        for path in self._incoming.iterdir():
            try:
                if path.stat().st_mtime < oldest:
                    path.unlink()
            except FileNotFoundError:
                continue
