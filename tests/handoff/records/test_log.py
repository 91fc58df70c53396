"""The numbered log on both databases: no gaps, no doubles, all or nothing."""

import asyncio

import pytest
from sqlalchemy import select

from handoff.conversation import IllegalMove, Move, State
from handoff.errors import ApiError
from handoff.records import (
    NewItem,
    Outcome,
    Records,
    annotate,
    append_items,
    create_conversation,
    find_by_client_id,
    get_conversation,
    lock_conversation,
    move,
    read_annotations,
    read_items,
    update_conversation,
)
from handoff.records.tables import items


def text(words: str, client_msg_id: str | None = None) -> NewItem:
    return NewItem("customer", "text", {"text": words}, client_msg_id=client_msg_id)


async def new_conversation(records: Records) -> str:
    async with records.write() as tx:
        return await create_conversation(tx)


async def test_numbers_have_no_gaps_when_many_write_at_once(records: Records) -> None:
    conversation_id = await new_conversation(records)

    async def write(index: int) -> list[int]:
        async with records.write() as tx:
            return await append_items(tx, conversation_id, [text(f"{index}-{part}") for part in range(3)])

    written = await asyncio.gather(*(write(index) for index in range(30)))
    assert sorted(seq for seqs in written for seq in seqs) == list(range(1, 91))
    assert all(seqs == list(range(seqs[0], seqs[0] + 3)) for seqs in written)
    async with records.read() as reader:
        assert [item.seq for item in await read_items(reader, conversation_id)] == list(range(1, 91))
        assert (await get_conversation(reader, conversation_id)).last_seq == 90


async def test_a_failed_transaction_leaves_no_gap_and_wakes_nobody(records: Records) -> None:
    conversation_id = await new_conversation(records)
    outcomes: list[Outcome] = []
    records.on_commit.append(outcomes.append)
    with pytest.raises(RuntimeError):
        async with records.write() as tx:
            await append_items(tx, conversation_id, [text("lost")])
            raise RuntimeError
    assert outcomes == []
    async with records.write() as tx:
        assert await append_items(tx, conversation_id, [text("kept")]) == [1]
    assert [outcome.conversations for outcome in outcomes] == [{conversation_id}]


async def test_the_database_itself_refuses_a_second_message_with_the_same_id(records: Records) -> None:
    conversation_id = await new_conversation(records)
    async with records.write() as tx:
        await append_items(tx, conversation_id, [text("one", "m1")])
    with pytest.raises(Exception, match=r"(?i)unique"):
        async with records.write() as tx:
            await append_items(tx, conversation_id, [text("two", "m1")])
    async with records.read() as reader:
        found = await find_by_client_id(reader, conversation_id, "customer", "m1")
        assert found is not None
        assert found.body == {"text": "one"}
        assert await find_by_client_id(reader, conversation_id, "agent", "m1") is None


async def test_a_move_is_one_numbered_event(records: Records) -> None:
    conversation_id = await new_conversation(records)
    async with records.write() as tx:
        state, seq = await move(
            tx, conversation_id, Move.HANDOFF, reason="anger", set_columns={"level": "II"}
        )
    assert (state, seq) == (State.WAITING, 1)
    async with records.read() as reader:
        (event,) = await read_items(reader, conversation_id)
        conversation = await get_conversation(reader, conversation_id)
    assert event.body == {"event": "handoff", "from": "bot", "to": "waiting", "reason": "anger"}
    assert (conversation.state, conversation.level) == (State.WAITING, "II")


async def test_an_illegal_move_writes_nothing(records: Records) -> None:
    conversation_id = await new_conversation(records)
    with pytest.raises(IllegalMove):
        async with records.write() as tx:
            await append_items(tx, conversation_id, [text("said before")])
            await move(tx, conversation_id, Move.CLAIMED)
    async with records.read() as reader:
        assert await read_items(reader, conversation_id) == []


async def test_only_one_of_many_claims_succeeds(records: Records) -> None:
    conversation_id = await new_conversation(records)
    async with records.write() as tx:
        await move(tx, conversation_id, Move.HANDOFF, reason="requested")

    async def claim(agent: str) -> bool:
        try:
            async with records.write() as tx:
                held = await lock_conversation(tx, conversation_id)
                columns = {"owner": agent, "owner_epoch": held.owner_epoch + 1}
                await move(tx, conversation_id, Move.CLAIMED, set_columns=columns)
        except IllegalMove:
            return False
        return True

    assert sum(await asyncio.gather(*(claim(f"a{index}") for index in range(8)))) == 1
    async with records.read() as reader:
        assert (await get_conversation(reader, conversation_id)).owner_epoch == 1


async def test_annotations_take_no_number(records: Records) -> None:
    conversation_id = await new_conversation(records)
    async with records.write() as tx:
        await append_items(tx, conversation_id, [text("hello")])
        await annotate(tx, conversation_id, "note", {"text": "乖一点"}, author="a1")
        await append_items(tx, conversation_id, [text("again")])
    async with records.read() as reader:
        assert [item.seq for item in await read_items(reader, conversation_id)] == [1, 2]
        (note,) = await read_annotations(reader, conversation_id)
    assert (note["after_seq"], note["kind"], note["body"]) == (1, "note", {"text": "乖一点"})


async def test_times_come_back_aware_and_state_moves_only_by_move(records: Records) -> None:
    conversation_id = await new_conversation(records)
    async with records.read() as reader:
        conversation = await get_conversation(reader, conversation_id)
    assert conversation.created_at.utcoffset() is not None
    with pytest.raises(ValueError, match="state moves"):
        async with records.write() as tx:
            await update_conversation(tx, conversation_id, state="human")


async def test_an_unknown_conversation_is_404(records: Records) -> None:
    for touch in (
        lambda tx: lock_conversation(tx, "c_none"),
        lambda tx: append_items(tx, "c_none", [text("x")]),
        lambda tx: annotate(tx, "c_none", "note", {}),
    ):
        with pytest.raises(ApiError) as refused:
            async with records.write() as tx:
                await touch(tx)
        assert refused.value.status == 404


async def test_reopening_starts_a_new_episode_in_the_same_log(records: Records) -> None:
    conversation_id = await new_conversation(records)
    async with records.write() as tx:
        await update_conversation(tx, conversation_id, facts={"category": "return.request"}, misses=1)
        await move(tx, conversation_id, Move.CLOSED)
        await move(tx, conversation_id, Move.REOPENED)
        await append_items(tx, conversation_id, [text("again")])
    async with records.read() as reader:
        conversation = await get_conversation(reader, conversation_id)
        episodes = [
            row.episode for row in await reader.execute(select(items.c.episode).order_by(items.c.seq))
        ]
    assert (conversation.state, conversation.episode, conversation.facts) == (State.BOT, 2, {})
    assert episodes == [1, 2, 2]
