"""Files that nobody will ever see: uploaded and not sent within a day, or kept without a row because a worker died.

A round looks at a small part of table and folder and the next one goes on from there, so that its cost does not grow with
the store. Several workers may do it at once: a row is deleted only under its conversation's lock, where sending takes place.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, exists, select

from handoff.errors import ApiError
from handoff.records import Reader, Records, lock_conversation
from handoff.records.tables import items, upload_removals, uploads
from handoff.uploads.storage import UploadStorage

KEPT = timedelta(hours=24)
"""How long a file may wait to be sent, or to be named by a row."""
ROWS_A_ROUND = 500
FOLDERS = "0123456789abcdef"
"""First characters of the folders: a round looks at a sixteenth of them."""

log = logging.getLogger("handoff.uploads")

_SENT = (
    exists()
    .where(
        items.c.conversation_id == uploads.c.conversation_id,
        items.c.kind.in_(("image", "video")),
        items.c.body["upload_id"].as_string() == uploads.c.upload_id,
    )
    .label("sent")
)


class Leftovers:
    """One worker's place in the rounds."""

    def __init__(self, records: Records, storage: UploadStorage) -> None:
        self._records = records
        self._storage = storage
        self._after = ""
        self._folder = 0

    async def do_remove(self) -> int:
        """One round; how many files were removed."""
        return await self._remove_unsent() + await self._remove_unknown()

    async def do_finish(self) -> int:
        """What `Backend.forget` wrote down is deleted for good; how many files. Several workers may do it at once."""
        async with self._records.read() as reader:
            statement = select(upload_removals.c.stored_as).order_by(upload_removals.c.at).limit(ROWS_A_ROUND)
            names = list((await reader.execute(statement)).scalars())
        if names:
            await self._storage.do_remove(*names)
            async with self._records.write() as tx:
                await tx.execute(delete(upload_removals).where(upload_removals.c.stored_as.in_(names)))
        return len(names)

    async def _remove_unsent(self) -> int:
        async with self._records.read() as reader:
            before = reader.now() - KEPT
            statement = (
                select(uploads, _SENT)
                .where(uploads.c.upload_id > self._after)
                .order_by(uploads.c.upload_id)
                .limit(ROWS_A_ROUND)
            )
            rows = (await reader.execute(statement)).all()
        self._after = rows[-1].upload_id if len(rows) == ROWS_A_ROUND else ""
        old = [row for row in rows if not row.sent and row.created_at < before]
        return sum([await self._forget(row) for row in old])

    async def _forget(self, row: Row[Any]) -> bool:
        """False when it was sent meanwhile, or somebody else was faster."""
        async with self._records.write() as tx:
            try:
                await lock_conversation(tx, row.conversation_id)
            except ApiError:  # forgotten as a whole
                return False
            gone = await tx.execute(
                delete(uploads).where(uploads.c.upload_id == row.upload_id, ~_SENT.element)
            )
        if gone.rowcount:
            await self._storage.do_remove(row.stored_as)  # a crash before this leaves a file without a row
        return bool(gone.rowcount)

    async def _remove_unknown(self) -> int:
        prefix = FOLDERS[self._folder]
        self._folder = (self._folder + 1) % len(FOLDERS)
        before = (self._records.clock() - KEPT).timestamp()
        names = await self._storage.names(prefix, before)
        async with self._records.read() as reader:
            known = await _known(reader, prefix) if names else set()
            if names and not known and not await _any_upload(reader):
                log.warning("%d files and not one upload in the database: is it the right one?", len(names))
                return 0
        unknown = [name for name in names if name not in known]
        if unknown:
            await self._storage.do_remove(*unknown)
        return len(unknown)


async def _known(reader: Reader, prefix: str) -> set[str]:
    statement = select(uploads.c.stored_as).where(uploads.c.stored_as.startswith(prefix))
    found: Sequence[str] = (await reader.execute(statement)).scalars().all()
    return set(found)


async def _any_upload(reader: Reader) -> bool:
    return (await reader.execute(select(uploads.c.upload_id).limit(1))).first() is not None
