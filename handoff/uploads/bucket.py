"""Files in a bucket of an object store that speaks S3, by obstore: signing, retries and large files in parts are its work.

A request has ten seconds in all, so that a store that hangs costs one upload and not a worker.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store
from sqlalchemy import insert

from handoff.records import Tx
from handoff.records.tables import upload_removals
from handoff.uploads.backends import NAME, BackendDown
from handoff.uploads.bucket_settings import BucketSettings

if TYPE_CHECKING:
    from obstore.store import S3Config

REQUEST_SECONDS = 10
_HEX = "0123456789abcdef"


class Bucket:
    """One folder of one bucket. Nothing is asked before the first file."""

    def __init__(self, settings: BucketSettings) -> None:
        address = urlsplit(settings.address)
        config: S3Config = {
            "region": settings.region,
            "access_key_id": settings.key_id,
            "secret_access_key": settings.secret,
            "disable_bulk_delete": True,  # stores of other makers do not all have it
        }
        if settings.endpoint:
            config["endpoint"] = settings.endpoint.rstrip("/")
        self._store = S3Store(
            address.netloc,
            prefix=address.path.strip("/") or None,
            config=config,
            client_options={
                "allow_http": settings.endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=3),
                "timeout": timedelta(seconds=REQUEST_SECONDS),
            },
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=REQUEST_SECONDS)},
        )
        self.name = f"s3://{address.netloc}{address.path}"

    async def keep(self, name: str, file: Path) -> None:
        async with self._errors():
            await self._store.put_async(name, file)

    async def piece(self, name: str, start: int, length: int) -> bytes | None:
        async with self._errors():
            try:
                return bytes(await self._store.get_range_async(name, start=start, length=length))
            except FileNotFoundError as error:
                if "NoSuchBucket" in str(error):
                    raise BackendDown(f"{self.name}: there is no such bucket") from None
                return None

    async def remove(self, names: Sequence[str]) -> None:
        async with self._errors():
            for name in names:
                try:
                    await self._store.delete_async(name)
                except FileNotFoundError:
                    continue

    async def forget(self, tx: Tx, names: Sequence[str]) -> None:
        """Nothing outside is waited for in a transaction: what is to go is written down, handoff/jobs.py sees to it."""
        if names:
            rows = [{"stored_as": name, "at": tx.now()} for name in names]
            await tx.execute(insert(upload_removals), rows)

    async def names(self, prefix: str, before: float) -> list[str]:
        """A store lists by whole folders, of which there are 256."""
        folders = [prefix] if len(prefix) == 2 else [f"{prefix}{one}" for one in _HEX]
        async with self._errors():
            return [
                one["path"]
                for folder in folders
                async for some in self._store.list(f"{folder}/")
                for one in some
                if NAME.fullmatch(one["path"]) and one["last_modified"].timestamp() < before
            ]

    async def check(self) -> None:
        await self.piece("ready", 0, 1)

    @asynccontextmanager
    async def _errors(self) -> AsyncIterator[None]:
        try:
            yield
        except (PermissionDeniedError, UnauthenticatedError):
            raise BackendDown(f"{self.name}: S3_KEY_ID or S3_SECRET_KEY is refused") from None
        except BaseError as error:
            status = re.search(r"status code: (\d{3}[ A-Za-z]*)", str(error))
            told = f"answers {status[1].strip()}" if status else "does not answer"
            raise BackendDown(f"{self.name}: the object store {told}") from error
