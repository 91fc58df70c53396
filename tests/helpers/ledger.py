"""The ledger checker: what clients sent, got acknowledged and saw, compared with what the database holds.

It needs nothing but the two: clients report with `sent`, `acked`, `saw`; `check(database_url)` then asserts

- every acknowledged message is in the log exactly once, under the number it was acknowledged with, with its content;
- what was sent but never acknowledged is there at most once;
- (of the conversations it was told about) numbers have no gaps and end at `last_seq`;
- every client saw the items of the database, in that order and with the same content;
- every customer message is in at most one turn, and in exactly one when the bot was to answer it;
- a turn has at most one set of replies, made by a turn that was committed;
- no bot message lies between a handoff and the give-back (or the customer's leaving of the queue).
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine

from handoff.records.engine import async_url
from handoff.records.log import Item, as_item
from handoff.records.tables import conversations, items, turns

MESSAGES = {"text", "image", "video", "button"}


@dataclass
class Ledger:
    sends: dict[tuple[str, str], tuple[str, dict[str, Any]]] = field(default_factory=dict)
    acks: dict[tuple[str, str], int] = field(default_factory=dict)
    seen: dict[str, dict[int, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))

    def sent(self, conversation_id: str, client_msg_id: str, kind: str, body: dict[str, Any]) -> None:
        self.sends.setdefault((conversation_id, client_msg_id), (kind, body))

    def acked(self, conversation_id: str, client_msg_id: str, seq: int) -> None:
        before = self.acks.setdefault((conversation_id, client_msg_id), seq)
        assert before == seq, f"{client_msg_id} was acknowledged as {before} and as {seq}"

    def saw(self, conversation_id: str, seen: list[dict[str, Any]]) -> None:
        """Items that one answer or frame carried, in its order."""
        numbers = [item["seq"] for item in seen]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True, numbers
        for item in seen:
            before = self.seen[conversation_id].setdefault(item["seq"], item)
            assert _content(before) == _content(item), f"item {item['seq']} changed: {before} / {item}"

    async def check(self, database_url: str, *, finished: bool = True) -> None:
        """Compares with the database; `finished`: no turn is expected to be in flight any more."""
        engine = create_async_engine(async_url(database_url))
        try:
            async with engine.connect() as connection:
                heads = {row.id: row for row in await connection.execute(select(conversations))}
                logs: dict[str, list[Item]] = defaultdict(list)
                for row in await connection.execute(
                    select(items).order_by(items.c.conversation_id, items.c.seq)
                ):
                    logs[row.conversation_id].append(as_item(row))
                known_turns = {row.turn_id: row for row in await connection.execute(select(turns))}
        finally:
            await engine.dispose()
        mine = {conversation_id for conversation_id, _ in self.sends} | set(self.seen)
        assert {conversation_id for conversation_id, _ in self.acks} <= set(heads), "a conversation is lost"
        if finished:
            running = [
                turn.turn_id
                for turn in known_turns.values()
                if turn.status == "running" and turn.conversation_id in mine and not turn.input.get("listen")
            ]
            assert not running, f"turns still in flight: {running}"
        for conversation_id in mine & set(heads):
            head, log = heads[conversation_id], logs[conversation_id]
            assert [item.seq for item in log] == list(range(1, head.last_seq + 1)), (
                f"gaps in {conversation_id}"
            )
            self._check_acks(conversation_id, log)
            self._check_seen(conversation_id, log)
            check_turns(log, known_turns)
            check_silence(log)

    def _check_acks(self, conversation_id: str, log: list[Item]) -> None:
        stored: dict[str, list[Item]] = defaultdict(list)
        for item in log:
            if item.sender == "customer" and item.client_msg_id:
                stored[item.client_msg_id].append(item)
        for (conversation, client_msg_id), (kind, body) in self.sends.items():
            if conversation != conversation_id:
                continue
            found = stored.pop(client_msg_id, [])
            acked = self.acks.get((conversation, client_msg_id))
            assert len(found) <= 1, f"{client_msg_id} is in the log {len(found)} times"
            if acked is not None:
                assert found, f"{client_msg_id} was acknowledged as {acked} and is lost"
                assert found[0].seq == acked
            if found:
                assert found[0].kind == kind
                if kind == "text":
                    assert found[0].body["text"] == body["text"].strip()
        assert not stored, f"messages that nobody sent: {list(stored)}"

    def _check_seen(self, conversation_id: str, log: list[Item]) -> None:
        by_seq = {item.seq: item for item in log}
        for seq, seen in self.seen.get(conversation_id, {}).items():
            item = by_seq[seq]
            assert (item.sender, item.kind) == (seen["sender"], seen["kind"])
            assert _content({"body": item.body}) == _content({"body": seen["body"]})


def check_turns(log: list[Item], known_turns: dict[str, Any]) -> None:
    """Every message the bot was to answer is in exactly one turn; one reply set per turn, of committed turns only."""
    state = "bot"
    spoken: dict[str, list[int]] = defaultdict(list)
    for item in log:
        if item.kind == "event":
            state = item.body["to"]
        elif item.sender == "customer" and item.kind in MESSAGES:
            if item.turn_id is None:
                handed_over_later = any(
                    one.kind == "event"
                    and one.body["to"] in {"waiting", "human", "closed"}
                    and one.seq > item.seq
                    for one in log
                )
                assert state in {"waiting", "human"} or handed_over_later, f"no turn took message {item.seq}"
            else:
                turn = known_turns[item.turn_id]
                assert turn.first_seq <= item.seq <= turn.last_seq
        elif item.sender == "bot":
            assert item.turn_id is not None
            assert known_turns[item.turn_id].status == "done", "a reply of a turn that was not committed"
            assert item.in_reply_to == known_turns[item.turn_id].last_seq
            spoken[item.turn_id].append(item.seq)
    for seqs in spoken.values():
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs))), f"a turn spoke twice: {seqs}"


def check_silence(log: list[Item]) -> None:
    """No bot message while people have the conversation (promise 8)."""
    state = "bot"
    for item in log:
        if item.kind == "event":
            assert item.body["from"] == state, (
                f"event {item.seq} starts from {item.body['from']}, not {state}"
            )
            state = item.body["to"]
        elif item.sender == "bot":
            assert state in {"bot", "ticket"}, f"the bot spoke in state {state} (item {item.seq})"


def _content(item: dict[str, Any]) -> str:
    """What must not differ between two readers; signed addresses do, by their time."""
    body = {key: value for key, value in item["body"].items() if key != "url"}
    return json.dumps(body, sort_keys=True, ensure_ascii=False)
