"""Receiving files: checked and cleaned in DATA_DIR/uploads/incoming, then kept where `UPLOADS` says (backends.py) under random
names, which never come from a customer."""

import asyncio
import errno
import fcntl
import logging
import math
import os
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from handoff.records import Tx
from handoff.uploads import refusal
from handoff.uploads.backends import NAME, Backend, BackendDown, Folder
from handoff.uploads.limits import MEGABYTE, UploadLimits
from handoff.uploads.picture import PictureCleaner
from handoff.uploads.sniff import HEAD_BYTES, FileType, sniff
from handoff.uploads.video import check_video

log = logging.getLogger("handoff.uploads")

_WRITE_BYTES = 256 * 1024
_ROOM_BYTES = 4 * MEGABYTE
"""How often free space is looked at while a file arrives: many may arrive at once."""
_STALE_SECONDS = 3600
_PIECE = 256 * 1024
_MOVED_A_ROUND = 50


@dataclass(frozen=True)
class StoredFile:
    """A file that was accepted."""

    name: str
    type: FileType
    size: int
    width: int | None = None
    height: int | None = None


class UploadStorage:
    """Receives and checks files of one installation, and keeps them in `backend` (None: below `folder`).

    Files that lie below `folder` while another backend is in use are of the time before it: they are found all the same, and
    moved there little by little.
    """

    def __init__(
        self, folder: Path, limits: UploadLimits | None = None, backend: Backend | None = None
    ) -> None:
        self._folder = folder
        self._here = Folder(folder)
        self._backend = backend or self._here
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

    async def piece(self, name: str, start: int, length: int) -> bytes | None:
        """Some of the `length` bytes from `start` on, all within the file; None when there is no such file (or `name` is not one of ours).

        UploadRefused 503 while it cannot be asked for.
        """
        if not NAME.fullmatch(name):
            return None
        try:
            found = await self._backend.piece(name, start, min(length, _PIECE))
        except BackendDown as error:
            log.warning("a file could not be read: %s", error)
            raise refusal.out_of_reach() from error
        if found is None and self._backend is not self._here:
            return await self._here.piece(name, start, min(length, _PIECE))
        return found

    async def names(self, prefix: str, before: float) -> list[str]:
        """Names of kept files that begin with `prefix` (of the folder) and were kept before that time."""
        return await self._backend.names(prefix, before)

    async def do_remove(self, *names: str) -> None:
        """Forget files that no row will ever name. BackendDown: later, by the clean-up of leftovers."""
        await self._backend.remove(names)
        await self._here.remove(names)

    async def do_forget(self, tx: Tx, names: Sequence[str]) -> None:
        """Forget files whose rows `tx` deletes."""
        await self._backend.forget(tx, names)
        if self._backend is not self._here:
            await self._here.forget(tx, names)

    async def do_move(self) -> int:
        """Some of the files that lie here and belong elsewhere are taken there; how many. BackendDown: later.

        One worker of a machine at a time; until a file is there as a whole, it is read from here.
        """
        if self._backend is self._here:
            return 0
        with (self._folder / "moving").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return 0
            some = (await self._here.names("", math.inf))[:_MOVED_A_ROUND]
            for name in some:
                with suppress(FileNotFoundError):  # forgotten meanwhile
                    await self._backend.keep(name, self._here.path(name))
                    await self._here.remove([name])
        return len(some)

    async def answers(self) -> bool:
        """Whether files could be kept and read within three seconds."""
        try:
            async with asyncio.timeout(3):
                await self._backend.check()
        except (BackendDown, TimeoutError):
            return False
        return True

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
            stored = StoredFile(_new_name(kind), kind, os.path.getsize(received))  # noqa: ASYNC240 (microseconds)
        else:
            picture = await self._cleaner.clean(received, kind)
            await asyncio.to_thread(received.write_bytes, picture.data)
            stored = StoredFile(
                _new_name(picture.type), picture.type, len(picture.data), picture.width, picture.height
            )
        try:
            await self._backend.keep(stored.name, received)
        except BackendDown as error:
            log.warning("an upload could not be kept: %s", error)
            raise refusal.disk_full() from error
        return stored

    def _remove_stale(self) -> None:
        """Remove what a killed process left half received; other workers may be receiving right now."""
        oldest = time.time() - _STALE_SECONDS
        for path in self._incoming.iterdir():
            try:
                if path.stat().st_mtime < oldest:
                    path.unlink()
            except FileNotFoundError:
                continue


def _new_name(kind: FileType) -> str:
    token = secrets.token_hex(16)
    return f"{token[:2]}/{token[2:]}{kind.suffix}"
