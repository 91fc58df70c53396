"""Where accepted files lie: a folder of this machine, the database, or a bucket that speaks S3 (`UPLOADS`).

A file has a name for life and is never changed, so every backend only takes whole files, gives pieces of them, and forgets
them. Several machines that share a database need one of the two that all of them reach.
"""

import asyncio
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import delete, func, insert, select

from handoff.records import Records, Tx
from handoff.records.tables import upload_parts
from handoff.uploads.limits import MEGABYTE

NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{30}\.(?:jpg|png|mp4|mov|webm)")
PART = MEGABYTE
"""Bytes of a row in the database: a writer holds up the others for some milliseconds, whatever the file's size."""


class Backend(Protocol):
    """Every method raises BackendDown when it cannot be done now; a file of which `keep` did not return may be there in part."""

    async def keep(self, name: str, file: Path) -> None:
        """Take over what is in `file`, which is the caller's and may be gone afterwards; keeping it again changes nothing."""

    async def piece(self, name: str, start: int, length: int) -> bytes | None:
        """Some of the `length` bytes from `start` on, which are there (whoever asks knows the size); None: no such file."""

    async def remove(self, names: Sequence[str]) -> None:
        """Forget them; those that are not there are forgotten already."""

    async def forget(self, tx: Tx, names: Sequence[str]) -> None:
        """Forget them with that transaction: at once, or as soon after its commit as the backend answers."""

    async def names(self, prefix: str, before: float) -> list[str]:
        """Names that begin with `prefix` (some characters of the folder) and were kept before that time."""

    async def check(self) -> None:
        """BackendDown when it does not answer, or would refuse."""


class BackendDown(Exception):
    """The store of files cannot be used now; the message is one line for the operator."""


class Folder:
    """Files below a folder of this machine, random names in 256 folders."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, name: str, file: Path) -> None:
        target = self._folder / name
        target.parent.mkdir(exist_ok=True, mode=0o700)
        os.replace(file, target)

    async def piece(self, name: str, start: int, length: int) -> bytes | None:
        return await asyncio.to_thread(self._piece, name, start, length)

    def _piece(self, name: str, start: int, length: int) -> bytes | None:
        try:
            with (self._folder / name).open("rb") as source:
                source.seek(start)
                return source.read(length)
        except (FileNotFoundError, IsADirectoryError):
            return None

    async def remove(self, names: Sequence[str]) -> None:
        for name in names:
            (self._folder / name).unlink(missing_ok=True)

    async def forget(self, tx: Tx, names: Sequence[str]) -> None:
        """Before the commit (an unlink takes microseconds): a crash in between leaves rows that the next round deletes,
        never a file that nobody knows of."""
        await self.remove(names)

    async def names(self, prefix: str, before: float) -> list[str]:
        return await asyncio.to_thread(self.names_here, prefix, before)

    def names_here(self, prefix: str, before: float) -> list[str]:
        """Blocking body of `names`."""
        found = []
        for folder in self._folder.glob(f"{prefix}*"):
            for path in folder.iterdir() if folder.is_dir() else ():
                name = f"{folder.name}/{path.name}"
                with suppress(FileNotFoundError):
                    if NAME.fullmatch(name) and path.stat().st_mtime < before:
                        found.append(name)
        return found

    def path(self, name: str) -> Path:
        return self._folder / name

    async def check(self) -> None:
        """A folder of ours is there; the disk below it is looked at with every file."""


class Database:
    """Files as rows of some size each, in the database of the conversations: one thing to share, back up and restore."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def keep(self, name: str, file: Path) -> None:
        await self.remove([name])  # of a try that was cut off
        with file.open("rb") as source:
            number = 0
            while data := source.read(PART):
                async with self._records.write() as tx:
                    row = {"stored_as": name, "number": number, "created_at": tx.now(), "data": data}
                    await tx.execute(insert(upload_parts).values(row))
                number += 1

    async def piece(self, name: str, start: int, length: int) -> bytes | None:
        number, skipped = divmod(start, PART)
        part = func.substr(upload_parts.c.data, skipped + 1, length, type_=upload_parts.c.data.type)
        query = select(part).where(upload_parts.c.stored_as == name, upload_parts.c.number == number)
        async with self._records.read() as reader:
            found = (await reader.execute(query)).scalar_one_or_none()
        return None if found is None else bytes(found)

    async def remove(self, names: Sequence[str]) -> None:
        async with self._records.write() as tx:
            await self.forget(tx, names)

    async def forget(self, tx: Tx, names: Sequence[str]) -> None:
        if names:
            await tx.execute(delete(upload_parts).where(upload_parts.c.stored_as.in_(names)))

    async def names(self, prefix: str, before: float) -> list[str]:
        query = select(upload_parts.c.stored_as).where(
            upload_parts.c.number == 0,
            upload_parts.c.stored_as.startswith(prefix),
            upload_parts.c.created_at < datetime.fromtimestamp(before, UTC),
        )
        async with self._records.read() as reader:
            return list((await reader.execute(query)).scalars())

    async def check(self) -> None:
        """Whether the database answers is asked for its own sake."""
