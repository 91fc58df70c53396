"""Wherever files are kept, they are taken, shown, counted, cleaned up and deleted alike; two machines see the same ones (H53)."""

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from handoff.clock import system_clock
from handoff.privacy.erasure import erase_conversation
from handoff.records import Records, create_conversation, new_id
from handoff.records.migrate import migrate
from handoff.records.tables import upload_parts, upload_removals, uploads
from handoff.uploads.backends import PART, Backend, BackendDown, Database
from handoff.uploads.bucket import Bucket
from handoff.uploads.bucket_settings import bucket_settings
from handoff.uploads.leftovers import FOLDERS, Leftovers
from handoff.uploads.refusal import UploadRefused
from handoff.uploads.storage import UploadStorage
from tests.handoff.conftest import client_of
from tests.handoff.uploads import sample_files as files
from tests.helpers.customer import Customer
from tests.helpers.handoff_service import running_service
from tests.helpers.object_store import ObjectStore, object_store
from tests.helpers.scripted_bot import ScriptedBot

Making = Callable[[Records], Backend | None]


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[ObjectStore]:
    with object_store(tmp_path / "s3") as running:
        yield running


def bucket_of(store: ObjectStore, **changed: str) -> Bucket:
    told = bucket_settings(store.settings(**changed))
    assert told is not None
    return Bucket(told)


@pytest.fixture(params=["folder", "database", "bucket"])
def making(request: pytest.FixtureRequest, tmp_path: Path) -> Making:
    """How a worker makes the backend of that kind; None is the folder."""
    if request.param == "folder":
        return lambda _: None
    if request.param == "database":
        return Database
    store: ObjectStore = request.getfixturevalue("bucket")
    return lambda _: bucket_of(store)


@pytest.fixture
def storage(making: Making, records: Records, tmp_path: Path) -> Iterator[UploadStorage]:
    opened = UploadStorage(tmp_path / "uploads", backend=making(records))
    yield opened
    opened.close()


@pytest.fixture
async def tomorrow(records: Records, database_url: str) -> AsyncIterator[Records]:
    """The database as a worker sees it 25 hours later."""
    opened = Records(database_url, lambda: system_clock() + timedelta(hours=25), "test")
    yield opened
    await opened.close()


async def content(storage: UploadStorage, name: str, size: int = 1) -> bytes | None:
    """The first `size` bytes of the file, as they are served."""
    found = await storage.piece(name, 0, size)
    while found is not None and len(found) < size:
        more = await storage.piece(name, len(found), size - len(found))
        assert more
        found += more
    return found


async def named(records: Records, storage: UploadStorage, data: bytes) -> tuple[str, str]:
    """A conversation with that film, not sent: its id and the file's name."""
    name = (await storage.do_store(files.chunks(data))).name
    async with records.write() as tx:
        conversation_id = await create_conversation(tx)
        row = {
            "upload_id": new_id("u"),
            "conversation_id": conversation_id,
            "created_at": tx.now(),
            "uploader": "customer",
            "kind": "video",
            "mime": "video/mp4",
            "size": len(data),
            "sha256": "x",
            "stored_as": name,
        }
        await tx.execute(insert(uploads).values(row))
    return conversation_id, name


async def count(records: Records, table: object) -> int:
    async with records.read() as reader:
        return int((await reader.execute(select(func.count()).select_from(table))).scalar_one())


async def test_a_file_comes_back_whole_and_in_pieces(storage: UploadStorage) -> None:
    film = files.mp4(film=secrets.token_bytes(2 * PART + 12_345))
    name = (await storage.do_store(files.chunks(film))).name
    assert await content(storage, name, len(film)) == film
    for start in (0, 1, PART - 1, PART, 2 * PART + 7, len(film) - 1):
        piece = await storage.piece(name, start, min(4000, len(film) - start))
        assert piece, start
        assert film[start:].startswith(piece)
    await storage.do_remove(name, name)
    assert await content(storage, name) is None
    await storage.do_remove(name)


async def test_a_name_that_is_none_of_ours_is_no_file(storage: UploadStorage) -> None:
    for name in ("../../etc/passwd", "ready", "", "ab/" + "0" * 30 + ".sh"):
        assert await storage.piece(name, 0, 10) is None


async def test_what_is_refused_leaves_nothing_behind(
    storage: UploadStorage, records: Records, tmp_path: Path
) -> None:
    for data in (files.mp4()[:-9], b"<html>", files.picture()[:300]):
        with pytest.raises(UploadRefused):
            await storage.do_store(files.chunks(data))
    assert await storage.names("", time.time() + 60) == []
    assert [path for path in (tmp_path / "uploads").rglob("*.*") if path.is_file()] == []


async def test_a_deletion_takes_the_files_along(
    storage: UploadStorage, records: Records, making: Making
) -> None:
    gone, name = await named(records, storage, files.mp4(film=secrets.token_bytes(PART + 5)))
    _, stays = await named(records, storage, files.mp4())
    async with records.write() as tx:
        await erase_conversation(tx, storage, gone)
    await Leftovers(records, storage).do_finish()
    assert await content(storage, name) is None
    assert await content(storage, stays) is not None
    assert await count(records, upload_removals) == 0


async def test_a_deletion_that_is_rolled_back_forgets_nothing_that_a_row_names(
    storage: UploadStorage, records: Records, making: Making
) -> None:
    """Of the folder the file may be gone: then the next round deletes the row."""
    one, name = await named(records, storage, files.mp4())
    with pytest.raises(ZeroDivisionError):
        async with records.write() as tx:
            await erase_conversation(tx, storage, one)
            raise ZeroDivisionError
    await Leftovers(records, storage).do_finish()
    if making(records) is not None:
        assert await content(storage, name) is not None


async def test_leftovers_go_away_and_what_a_row_names_stays(
    storage: UploadStorage, records: Records, tomorrow: Records, tmp_path: Path
) -> None:
    async def rounds(seen_by: Records) -> int:
        leftovers = Leftovers(seen_by, storage)
        return sum([await leftovers.do_remove() for _ in FOLDERS])

    _, unsent = await named(records, storage, files.mp4())
    orphan = (await storage.do_store(files.chunks(files.mp4()))).name
    assert await rounds(records) == 0, "younger than a day"
    _, fresh = await named(tomorrow, storage, files.mp4())
    for path in (tmp_path / "uploads").rglob("*.mp4"):
        os.utime(path, None)
    assert await rounds(tomorrow) == 2
    assert [await content(storage, name) is None for name in (unsent, orphan, fresh)] == [True, True, False]


async def test_files_of_before_are_found_and_taken_along(
    storage: UploadStorage, records: Records, making: Making, tmp_path: Path
) -> None:
    before = UploadStorage(tmp_path / "uploads")
    film = files.mp4(film=secrets.token_bytes(PART + 77))
    _, name = await named(records, before, film)
    two, other = await named(records, before, film)
    before.close()
    assert await content(storage, name, len(film)) == film, "not moved yet"
    async with records.write() as tx:
        await erase_conversation(tx, storage, two)
    assert not (tmp_path / "uploads" / other).exists(), "deleted wherever it lies"
    if making(records) is None:
        assert await storage.do_move() == 0
        return
    assert await asyncio.gather(storage.do_move(), storage.do_move()) in ([1, 0], [0, 1], [1, 1])
    assert not (tmp_path / "uploads" / name).exists()
    assert await content(storage, name, len(film)) == film
    assert await storage.do_move() == 0


async def test_a_bucket_that_is_away_costs_pictures_and_nothing_else(
    bucket: ObjectStore, records: Records, tmp_path: Path
) -> None:
    storage = UploadStorage(tmp_path / "uploads", backend=bucket_of(bucket))
    one, name = await named(records, storage, files.mp4())
    assert await storage.answers()
    bucket.down = True
    assert not await storage.answers()
    with pytest.raises(UploadRefused) as refused:
        await storage.do_store(files.chunks(files.mp4()))
    assert refused.value.status == 503
    with pytest.raises(UploadRefused) as refused:
        await storage.piece(name, 0, 10)
    assert refused.value.status == 503, "not 404: the file is there"
    async with records.write() as tx:
        await erase_conversation(tx, storage, one)
    leftovers = Leftovers(records, storage)
    with pytest.raises(BackendDown):
        await leftovers.do_finish()
    bucket.down = False
    assert len(bucket.files()) == 1, "still to be deleted, and known"
    assert await leftovers.do_finish() == 1
    assert bucket.files() == []
    storage.close()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"S3_KEY_ID": "nobody"}, "S3_KEY_ID or S3_SECRET_KEY is refused"),
        ({"UPLOADS": "s3://elsewhere"}, "no such bucket"),
        ({"S3_ENDPOINT": "http://127.0.0.1:9"}, "does not answer"),
    ],
)
async def test_what_is_wrong_with_a_bucket_is_told_apart(
    bucket: ObjectStore, changed: dict[str, str], told: str
) -> None:
    with pytest.raises(BackendDown, match=told):
        await bucket_of(bucket, **changed).check()
    await bucket_of(bucket).check()


@asynccontextmanager
async def _two_machines(
    tmp_path: Path, bot: ScriptedBot, database_url: str, env: dict[str, str]
) -> AsyncIterator[tuple[Customer, Customer]]:
    """The same customer at two services that share a database and nothing else."""
    shared = {"DATABASE_URL": database_url, **env}
    async with (
        running_service(tmp_path / "one", [bot.url], env=shared) as one,
        running_service(tmp_path / "two", [bot.url], env=shared) as two,
        client_of(one) as here,
        client_of(two) as there,
    ):
        customer = await Customer.open(here)
        yield customer, Customer(there, {"conversation_id": customer.id, "token": customer.token})


@pytest.mark.parametrize("kept", ["database", "bucket"])
async def test_two_machines_see_the_same_files(
    tmp_path: Path, bot: ScriptedBot, database_url: str, bucket: ObjectStore, kept: str
) -> None:
    env = {"UPLOADS": "database"} if kept == "database" else bucket.settings()
    film = files.mp4(film=secrets.token_bytes(PART + 4321))
    async with _two_machines(tmp_path, bot, database_url, env) as (here, there):
        form = {"file": ("a.mp4", film, "video/mp4")}
        sent = await here.http.post(f"{here.path}/uploads", headers=here.headers, files=form)
        assert sent.status_code == 201, sent.text
        path = f"/api/v1/uploads/{sent.json()['upload_id']}"
        seen = await there.http.get(path, headers=there.headers)
        assert seen.content == film
        middle = {**there.headers, "Range": f"bytes={PART - 10}-{PART + 9}"}
        assert (await there.http.get(path, headers=middle)).content == film[PART - 10 : PART + 10]
    assert not list((tmp_path / "one/uploads").glob("*/*.mp4"))
    opened = Records(database_url)
    assert (await count(opened, upload_parts) > 0) is (kept == "database")
    await opened.close()
    assert len(bucket.files()) == (kept == "bucket")


async def test_the_migration_makes_room_on_both(database_url: str) -> None:
    await migrate(database_url)
    opened = Records(database_url)
    assert await count(opened, upload_parts) + await count(opened, upload_removals) == 0
    await opened.close()


async def test_a_bucket_that_is_away_is_told_and_chat_goes_on(
    tmp_path: Path, bot: ScriptedBot, bucket: ObjectStore
) -> None:
    async with (
        running_service(tmp_path / "data", [bot.url], env=bucket.settings()) as run,
        client_of(run) as http,
    ):
        assert (await http.get("/readyz")).json()["uploads"] == "ok"
        bucket.down = True
        ready = await http.get("/readyz")
        assert (ready.status_code, ready.json()["uploads"]) == (200, "down")
        assert 'anke_part_up{part="uploads"} 0.0' in (await http.get("/metrics")).text
        customer = await Customer.open(http)
        await customer.answer_to(await customer.say("在吗"))
