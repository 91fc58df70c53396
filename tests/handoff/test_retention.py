"""Ended conversations are deleted with everything of theirs when the policy's days are over, and nothing else is (H53)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from aftersales.policy import load_policy
from handoff.conversation import Move
from handoff.records import NewItem, Records, annotate, append_items, create_conversation, move
from handoff.records.tables import audits, conversations, items, metadata, ratings, uploads
from handoff.retention import forget_old
from handoff.store_rules import StoreRules, rules_of
from handoff.uploads.storage import UploadStorage

ROOT = Path(__file__).parents[2]
START = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
FILE = "ab/0123456789abcdef0123456789abcd.jpg"


def rules(days: int) -> StoreRules:
    policy = load_policy(ROOT / "data" / "policy")
    limits = policy.limits.model_copy(update={"retention_days": days})
    return rules_of(policy.model_copy(update={"limits": limits}), "Asia/Shanghai")


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[UploadStorage]:
    opened = UploadStorage(tmp_path / "uploads")
    yield opened
    opened.close()


async def ended(records: Records, folder: Path) -> str:
    """A closed conversation with a message, a note, a rating and a photo."""
    async with records.write() as tx:
        conversation_id = await create_conversation(tx)
        (seq,) = await append_items(
            tx, conversation_id, [NewItem("customer", "text", {"text": "空气炸锅坏了"})]
        )
        await annotate(tx, conversation_id, "note", {"text": "回访过"}, author="a1")
        await tx.execute(
            insert(ratings).values(
                conversation_id=conversation_id,
                episode=1,
                at=tx.now(),
                score=5,
                reasons=[],
                words="",
                seq=seq,
            )
        )
        await tx.execute(
            insert(uploads).values(
                upload_id=f"u{conversation_id}"[:40],
                conversation_id=conversation_id,
                created_at=tx.now(),
                uploader="customer",
                kind="image",
                mime="image/jpeg",
                size=3,
                sha256="0" * 64,
                stored_as=FILE,
            )
        )
        await move(tx, conversation_id, Move.CLOSED)
    file = folder / "uploads" / FILE
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"jpg")
    return conversation_id


async def rows_of(records: Records, conversation_id: str) -> int:
    async with records.read() as reader:
        found = 0
        for table in metadata.tables.values():
            if "conversation_id" in table.c and table is not audits:
                query = select(func.count()).where(table.c.conversation_id == conversation_id)
                found += int((await reader.execute(query)).scalar_one())
    return found


async def test_it_is_forgotten_with_all_its_parts_when_its_days_are_over(
    records: Records, storage: UploadStorage, tmp_path: Path
) -> None:
    now = START
    records.clock = lambda: now
    old = await ended(records, tmp_path)
    now = START + timedelta(days=30)
    assert await forget_old(records, storage, rules(30)) == 0
    assert (tmp_path / "uploads" / FILE).is_file()
    now += timedelta(seconds=1)
    assert await forget_old(records, storage, rules(30)) == 1
    assert await rows_of(records, old) == 0
    assert not (tmp_path / "uploads" / FILE).exists()
    async with records.read() as reader:
        (line,) = (await reader.execute(select(audits))).all()
    assert (line.action, line.conversation_id) == ("retention", old)
    assert "空气炸锅" not in str(line.detail), "an audit without content"
    assert await forget_old(records, storage, rules(30)) == 0


async def test_an_open_conversation_and_a_younger_one_stay(
    records: Records, storage: UploadStorage, tmp_path: Path
) -> None:
    now = START
    records.clock = lambda: now
    async with records.write() as tx:
        still_open = await create_conversation(tx)
    now = START + timedelta(days=300)
    young = await ended(records, tmp_path)
    now = START + timedelta(days=310)
    assert await forget_old(records, storage, rules(30)) == 0
    async with records.read() as reader:
        kept = {row.id for row in await reader.execute(select(conversations.c.id))}
        said = (await reader.execute(select(func.count()).select_from(items))).scalar_one()
    assert kept == {still_open, young}
    assert said > 0


async def test_zero_days_keeps_everything(records: Records, storage: UploadStorage, tmp_path: Path) -> None:
    now = START
    records.clock = lambda: now
    kept = await ended(records, tmp_path)
    now = START + timedelta(days=4000)
    assert await forget_old(records, storage, rules(0)) == 0
    assert await rows_of(records, kept) > 0
