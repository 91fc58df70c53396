"""How much may be uploaded: by one conversation, from one address, by everybody; and that the disk never fills up.

What a request announces is counted before a byte of it is read; what a conversation holds is checked again, under its
lock, when the file is to be kept, so that many at once do not pass together.
"""

import time

from sqlalchemy import func, select

from handoff.errors import too_many
from handoff.limits import Limits
from handoff.records import Reader, Records
from handoff.records.tables import uploads
from handoff.uploads import refusal
from handoff.uploads.limits import MEGABYTE
from handoff.uploads.storage import UploadStorage

HOUR, DAY = 3600, 86_400
TOTAL_KEPT_SECONDS = 30.0
"""How old the sum of all uploads may be: it is read from the whole table."""


class UploadQuota:
    """The quotas of one installation as one worker sees them."""

    def __init__(self, records: Records, limits: Limits, storage: UploadStorage) -> None:
        self._records = records
        self._limits = limits
        self._storage = storage
        self._total = 0
        self._total_until = float("-inf")

    async def check(self, conversation_id: str, address: str | None, announced: int | None) -> None:
        """ApiError 429 (conversation, address) or 503 (disk) before anything is read.

        `address` is None for whoever is exempt; `announced` is the Content-Length, None when there is none: then it
        counts as the largest.
        """
        sizes = self._storage.limits
        wanted = self._storage.largest_body if announced is None else announced
        await self._limits.check("upload", conversation_id, limit=sizes.files_per_hour, seconds=HOUR)
        if address is not None:
            await self._limits.check(
                "upload-files", address, limit=sizes.files_per_hour_of_address, seconds=HOUR
            )
            await self._limits.check(
                "upload-bytes",
                address,
                limit=sizes.daily_mb_of_address * MEGABYTE,
                seconds=DAY,
                amount=wanted,
            )
        self._storage.check_room(wanted)
        async with self._records.read() as reader:
            await self.check_conversation(reader, conversation_id)
            if await self._all(reader) + wanted > sizes.total_mb * MEGABYTE:
                raise refusal.disk_full()
            self._total += wanted

    async def check_conversation(self, reader: Reader, conversation_id: str, more: int = 0) -> None:
        """ApiError 429 when the conversation's files and `more` bytes are too much."""
        statement = select(func.coalesce(func.sum(uploads.c.size), 0)).where(
            uploads.c.conversation_id == conversation_id
        )
        if (
            int((await reader.execute(statement)).scalar_one()) + more
            > self._storage.limits.conversation_bytes
        ):
            raise too_many(HOUR)

    async def _all(self, reader: Reader) -> int:
        if time.monotonic() >= self._total_until:
            statement = select(func.coalesce(func.sum(uploads.c.size), 0))
            self._total = int((await reader.execute(statement)).scalar_one())
            self._total_until = time.monotonic() + TOTAL_KEPT_SECONDS
        return self._total
