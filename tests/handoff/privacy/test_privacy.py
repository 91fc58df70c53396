"""Customers' own data: exported whole and masked where it is somebody else's, deleted really, both audited (H53)."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from handoff.conversation import State
from handoff.errors import ApiError
from handoff.privacy.address import check_export_address, export_address
from handoff.privacy.export import build_export
from handoff.privacy.requests import check_kind, do_request
from handoff.records import (
    NewItem,
    Records,
    annotate,
    append_items,
    create_conversation,
    update_conversation,
)
from handoff.records.followup_tables import privacy_requests, sla_breaches
from handoff.records.tables import audits, metadata, uploads
from handoff.store_rules import use_store_rules
from tests.handoff.followups.followup_harness import FollowUpHarness
from tests.handoff.queue.queue_harness import MONDAY_NOON, rules

OWN, OTHER = "13900005678", "13700002468"
KEPT = {"audits", "privacy_requests", "sla_breaches"}


@pytest.fixture
def harness(records: Records, tmp_path: Path) -> Iterator[FollowUpHarness]:
    yield FollowUpHarness(records, rules(), tmp_path)
    use_store_rules(rules())


async def customer(harness: FollowUpHarness, phone: str | None = OWN, account: str | None = None) -> str:
    """A verified customer (a guest without phone) who wrote, has a photo and something of the bot's memory."""
    known: dict[str, Any] = {"name": "王小明", "phone": phone, "verified": True, "method": "order_phone"}
    async with harness.records.write() as tx:
        conversation_id = await create_conversation(
            tx, customer=known if phone else None, identity={"sub": account} if account else None
        )
        said = [
            NewItem("customer", "text", {"text": f"我的电话是{phone}，收件人电话 {OTHER}"}),
            NewItem("bot", "text", {"text": "好的，记下了。"}),
        ]
        await append_items(tx, conversation_id, said)
        await update_conversation(
            tx, conversation_id, bot_state={"slots": {"x": "空气炸锅"}}, facts={"description": "不通电"}
        )
        await annotate(tx, conversation_id, "note", {"text": "客户很急"}, author="a1")
        await annotate(tx, conversation_id, "effect", {"effect": "return_requested", "request_no": "RT1"})
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
                stored_as=stored_name(conversation_id),
            )
        )
    harness.later(seconds=1)
    return conversation_id


def stored_name(conversation_id: str) -> str:
    return f"ab/{sha256(conversation_id.encode()).hexdigest()[:30]}.jpg"


async def asks(harness: FollowUpHarness, conversation_id: str, kind: str) -> str:
    async with harness.records.write() as tx:
        return (await do_request(tx, conversation_id, kind, harness.store)).request_no


async def rows_left(harness: FollowUpHarness, conversation_id: str) -> dict[str, int]:
    left = {}
    async with harness.records.read() as reader:
        for table in metadata.tables.values():
            if "conversation_id" in table.c and table.name not in KEPT:
                query = select(func.count()).where(table.c.conversation_id == conversation_id)
                left[table.name] = int((await reader.execute(query)).scalar_one())
    return {name: count for name, count in left.items() if count}


async def test_only_a_verified_customer_and_the_same_wish_is_one_request(harness: FollowUpHarness) -> None:
    guest = await customer(harness, phone=None)
    with pytest.raises(ApiError) as refused:
        await asks(harness, guest, "export")
    assert (refused.value.status, refused.value.code) == (403, "not_verified")
    verified = await customer(harness)
    number = await asks(harness, verified, "delete")
    assert number[:2] == "PD"
    assert len(number) == 14
    assert await asks(harness, verified, "delete") == number
    for wrong in ({"kind": "all"}, {}, "export", None):
        with pytest.raises(ApiError):
            check_kind(wrong)


async def test_an_export_has_everything_and_masks_what_is_somebody_elses(harness: FollowUpHarness) -> None:
    here, there, foreign = [await customer(harness, phone) for phone in (OWN, OWN, "13500009753")]
    number = await asks(harness, here, "export")
    await harness.tick()
    assert number in (await harness.told(here))[-1]
    async with harness.records.read() as reader:
        document = await build_export(reader, number)
    assert [one["conversation_id"] for one in document["conversations"]] == [here, there]
    first = document["conversations"][0]
    assert first["messages"][0]["body"]["text"] == f"我的电话是{OWN}，收件人电话 137****2468"
    assert first["files"][0]["mime"] == "image/jpeg"
    assert first["requests"][0]["request_no"] == "RT1"
    assert first["case"] == {"description": "不通电"}
    assert "客户很急" not in str(document), "notes of people are not the customer's"
    assert foreign not in str(document)


async def test_conversations_of_the_same_store_account_belong_together(harness: FollowUpHarness) -> None:
    here, there = [await customer(harness, phone, "sub-1") for phone in (OWN, "13500009753")]
    await customer(harness, "13600001357", "sub-2")
    number = await asks(harness, here, "export")
    await harness.tick()
    async with harness.records.read() as reader:
        document = await build_export(reader, number)
    assert [one["conversation_id"] for one in document["conversations"]] == [here, there]


async def test_the_address_of_an_export_ends(harness: FollowUpHarness) -> None:
    address = export_address("secret", "PD000000000001", MONDAY_NOON + timedelta(days=7))
    query = dict(part.split("=") for part in address.partition("?")[2].split("&"))
    check_export_address("secret", "PD000000000001", query["until"], query["s"], MONDAY_NOON)
    later = MONDAY_NOON + timedelta(days=7)
    for number, until, given, now in (
        ("PD000000000001", query["until"], query["s"], later),
        ("PD000000000002", query["until"], query["s"], MONDAY_NOON),
        ("PD000000000001", query["until"] + "0", query["s"], MONDAY_NOON),
        ("PD000000000001", "x", "é", MONDAY_NOON),
    ):
        with pytest.raises(ApiError):
            check_export_address("secret", number, until, given, now)


async def test_a_deletion_leaves_nothing_but_an_audit_without_content(
    harness: FollowUpHarness, tmp_path: Path
) -> None:
    here, there, foreign = [await customer(harness, phone) for phone in (OWN, OWN, "13500009753")]
    file = tmp_path / "uploads" / stored_name(here)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"jpg")
    number = await asks(harness, here, "delete")
    assert number in (await harness.told(here))[-1]
    harness.later(hours=23)
    await harness.tick()
    assert await rows_left(harness, here)
    harness.later(hours=1)
    await harness.tick()
    assert [await rows_left(harness, one) for one in (here, there)] == [{}, {}]
    assert await rows_left(harness, foreign)
    assert not file.exists()
    async with harness.records.read() as reader:
        lines = (await reader.execute(select(audits).where(audits.c.action == "privacy_erased"))).all()
        request = (await reader.execute(select(privacy_requests))).one()
    assert {line.conversation_id for line in lines} == {here, there}
    assert {str(line.detail) for line in lines} == {str({"request_no": number})}
    assert (request.state, request.request_no) == ("done", number)
    assert (await harness.events())[-1] == "privacy.done"
    await harness.pass_by(days=16)
    assert await harness.breaches() == []


async def test_a_deletion_waits_while_a_person_has_the_conversation(harness: FollowUpHarness) -> None:
    agent = await harness.agent()
    here = await customer(harness)
    await asks(harness, here, "delete")
    await harness.hands_over(here)
    await harness.claim(agent, here)
    harness.later(hours=24)
    for _ in range(3):
        await harness.tick()
        harness.later(minutes=10)
    assert await harness.state(here) is State.HUMAN
    assert len(await harness.remarks(here, "followup")) == 1
    await harness.close(agent, here, "refused")
    harness.later(minutes=10)
    await harness.tick()
    assert await rows_left(harness, here) == {}


async def test_a_withdrawn_deletion_deletes_nothing(harness: FollowUpHarness) -> None:
    here = await customer(harness)
    number = await asks(harness, here, "delete")
    assert await asks(harness, here, "withdraw") == number
    await harness.pass_by(days=16)
    assert await rows_left(harness, here)
    assert await harness.breaches() == []
    with pytest.raises(ApiError):
        await asks(harness, here, "withdraw")


async def test_a_request_that_is_still_open_on_its_last_day_is_a_breach(harness: FollowUpHarness) -> None:
    agent = await harness.agent()
    here = await customer(harness)
    await asks(harness, here, "delete")
    await harness.hands_over(here)
    await harness.claim(agent, here)
    await harness.answers(agent, here)
    harness.later(days=15)
    await harness.tick()
    async with harness.records.read() as reader:
        missed = (await reader.execute(select(sla_breaches.c.deadline))).scalars().all()
    assert "privacy" in missed
