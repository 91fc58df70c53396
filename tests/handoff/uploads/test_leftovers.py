"""Files that nobody will ever see go away by themselves; every other stays."""

import os
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from handoff.clock import system_clock
from handoff.records import NewItem, Records, append_items, create_conversation, new_id
from handoff.records.migrate import migrate
from handoff.records.tables import uploads
from handoff.uploads.leftovers import FOLDERS, Leftovers
from handoff.uploads.storage import UploadStorage
from tests.handoff.uploads import sample_files as files


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[UploadStorage]:
    opened = UploadStorage(tmp_path / "uploads")
    yield opened
    opened.close()


@pytest.fixture
async def tomorrow(database_url: str) -> AsyncIterator[Records]:
    """The database as a worker sees it 25 hours later."""
    await migrate(database_url)
    opened = Records(database_url, lambda: system_clock() + timedelta(hours=25), "test")
    yield opened
    await opened.close()


async def keep(storage: UploadStorage) -> str:
    """A file on the disk, of which no row knows; its name."""
    return (await storage.do_store(files.chunks(files.mp4()))).name


async def upload(records: Records, conversation_id: str, name: str) -> str:
    upload_id = new_id("u")
    async with records.write() as tx:
        row = {
            "upload_id": upload_id,
            "conversation_id": conversation_id,
            "created_at": tx.now(),
            "uploader": "customer",
            "kind": "video",
            "mime": "video/mp4",
            "size": 1,
            "sha256": "x",
            "stored_as": name,
        }
        await tx.execute(insert(uploads).values(row))
    return upload_id


async def conversation_with(records: Records, storage: UploadStorage, *, sent: bool) -> str:
    """A conversation with one file, sent or not; the file's name."""
    name = await keep(storage)
    async with records.write() as tx:
        conversation_id = await create_conversation(tx)
    upload_id = await upload(records, conversation_id, name)
    if sent:
        async with records.write() as tx:
            await append_items(
                tx, conversation_id, [NewItem("customer", "video", {"upload_id": upload_id, "text": "看"})]
            )
    return name


async def known(records: Records) -> set[str]:
    async with records.read() as reader:
        return set((await reader.execute(select(uploads.c.stored_as))).scalars())


async def all_rounds(records: Records, storage: UploadStorage) -> int:
    """So many rounds that every folder was looked at."""
    leftovers = Leftovers(records, storage)
    return sum([await leftovers.do_remove() for _ in FOLDERS])


async def test_what_was_not_sent_within_a_day_is_forgotten(
    records: Records, tomorrow: Records, storage: UploadStorage
) -> None:
    sent = await conversation_with(records, storage, sent=True)
    unsent = await conversation_with(records, storage, sent=False)
    assert await all_rounds(records, storage) == 0, "younger than a day"
    fresh = await conversation_with(tomorrow, storage, sent=False)
    assert await all_rounds(tomorrow, storage) == 1
    assert await known(records) == {sent, fresh}
    assert await storage.piece(unsent, 0, 1) is None
    assert await storage.piece(sent, 0, 1) is not None
    assert await storage.piece(fresh, 0, 1) is not None


async def test_a_file_that_no_row_names_is_removed_once_it_is_old(
    records: Records, storage: UploadStorage, tmp_path: Path
) -> None:
    sent = await conversation_with(records, storage, sent=True)
    orphans = [await keep(storage) for _ in range(20)]  # in several folders
    fresh = await keep(storage)
    for name in (sent, *orphans):
        os.utime(tmp_path / "uploads" / name, (time.time() - 25 * 3600,) * 2)
    assert await all_rounds(records, storage) == 20
    assert [await storage.piece(name, 0, 1) is None for name in (*orphans, sent, fresh)] == [True] * 20 + [
        False
    ] * 2


async def test_a_database_that_knows_no_file_at_all_is_taken_for_the_wrong_one(
    records: Records, storage: UploadStorage, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    name = await keep(storage)
    os.utime(tmp_path / "uploads" / name, (time.time() - 25 * 3600,) * 2)
    assert await all_rounds(records, storage) == 0
    assert await storage.piece(name, 0, 1) is not None
    assert "is it the right one?" in caplog.text
