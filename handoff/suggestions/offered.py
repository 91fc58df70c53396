"""Replies that are suggested to the agent who has a customer, at most three; put into the box by a click, never sent.

First what the store's knowledge says: the bot is asked as while somebody waits (docs/architecture.md, `listen`), with the order in
hand; its answer is shown only, nothing of it is kept. Then canned replies, then what colleagues answered in solved cases, by
likeness of the words. Nothing surely alike: nothing is suggested.
"""

import asyncio
import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from aftersales.masking import mask_text
from handoff.clock import rfc3339
from handoff.records import Conversation, Item, Reader, Records, new_id, read_items
from handoff.records.tables import handoffs
from handoff.store_rules import StoreRules
from handoff.suggestions.similar import SimilarTexts
from handoff.suggestions.solved import COLLECT_SECONDS, Solved, solved_answers
from handoff.turns.bot_client import BotClient, BotError
from handoff.turns.heard import told_only
from handoff.turns.running_turn import RunningTurn, turn_request

MOST = 3
LIKE_CANNED, LIKE_SOLVED = 0.1, 0.13
"""From here on two texts are alike: chosen on half of tests/handoff/suggestions/samples.yml (docs/reports/suggestions.md)."""
BOT_SECONDS = 3.0
_SELF = re.compile("智能客服|机器人|转人工|小安")
_ABOUT = re.compile(r"(?:您的|查了一下，)?([\u4e00-\u9fffA-Za-z0-9 ]{2,20}?)(?:还没有|没有|已经|正在|的退款)")
"""The goods that an answer of a look-up begins with: 手机还没有办退款."""
_PAID_BY = {"wechat": "微信", "alipay": "支付宝"}
_LAST = 12
_LONGEST = 400


class Suggestions:
    """A worker's suggestions. `seconds` is a clock that only goes on."""

    def __init__(
        self,
        records: Records,
        rules: StoreRules,
        bots: BotClient,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._records, self._rules, self._bots, self._seconds = records, rules, bots, seconds
        self._lock = asyncio.Lock()
        self._collected: tuple[float, list[Solved], SimilarTexts] | None = None

    async def offered(
        self, conversation: Conversation, canned: Sequence[dict[str, Any]], groups: Collection[str] | None
    ) -> list[dict[str, Any]]:
        """What could be said now to who said something last. `canned`: what the agent keeps ready; `groups`: whose solved cases they
        may learn from (None: everybody's)."""
        if not self._rules.policy.routing.suggest:
            return []
        async with self._records.read() as reader:
            asked = await _asked(reader, conversation)
            if not asked:
                return []
            record = await _record_of(reader, conversation)
            request = await turn_request(reader, _listening(conversation, asked, self._records.worker))
        words = " ".join(str(one.body.get("text") or "") for one in asked)[-_LONGEST:]
        known, solved = await asyncio.gather(
            self._known(request, record), self._solved(words, str(record.get("category") or ""), groups)
        )
        return _first([*known, *alike_canned(words, canned), *solved], MOST)

    async def _known(self, request: dict[str, Any], own: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What the bot knows for sure about the last words; nothing when it is away, or says what the agent may not read."""
        deadline = self._records.clock() + timedelta(seconds=BOT_SECONDS)
        turn = {**request, "attempt": 1, "deadline": rfc3339(deadline)}
        try:
            answer = await self._bots.ask(turn, seconds=BOT_SECONDS, late=_nothing)
        except BotError:
            return []
        text = "\n".join(told_only(answer["replies"]))
        fits = (
            text and mask_text(text) == text and not _of_the_bot(answer, text) and not _of_others(text, own)
        )
        return [{"source": "known", "text": text}] if fits else []

    async def _solved(
        self, words: str, category: str, groups: Collection[str] | None
    ) -> list[dict[str, Any]]:
        """Of cases of the same category: what stated no matter yet is like nothing."""
        if not self._rules.categories.get(category).is_issue:
            return []
        found, texts = await self._collect()
        hits = [hit for hit in texts.best(words, 10) if hit.score >= LIKE_SOLVED]
        return [
            {"source": "solved", "text": found[hit.at].answer}
            for hit in hits
            if found[hit.at].category == category and (groups is None or found[hit.at].group in groups)
        ]

    async def _collect(self) -> tuple[list[Solved], SimilarTexts]:
        async with self._lock:
            if self._collected is None or self._seconds() - self._collected[0] >= COLLECT_SECONDS:
                async with self._records.read() as reader:
                    found = await solved_answers(reader)
                texts = await asyncio.to_thread(SimilarTexts, [f"{one.asked} {one.answer}" for one in found])
                self._collected = self._seconds(), found, texts
            return self._collected[1:]


def alike_canned(words: str, replies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Canned replies whose title and text are near these words, best first. Blanks are filled by the console."""
    texts = SimilarTexts([f"{one['title']} {one['text']}" for one in replies])
    return [
        {
            "source": "canned",
            "text": replies[hit.at]["text"],
            "title": replies[hit.at]["title"],
            "id": replies[hit.at]["id"],
        }
        for hit in texts.best(words, MOST)
        if hit.score >= LIKE_CANNED
    ]


def _first(offered: Sequence[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """Each text once."""
    kept: dict[str, dict[str, Any]] = {}
    for one in offered:
        kept.setdefault("".join(one["text"].split()), one)
    return list(kept.values())[:most]


async def _record_of(reader: Reader, conversation: Conversation) -> dict[str, Any]:
    wanted = select(handoffs.c.record).where(handoffs.c.handoff_id == conversation.handoff_id)
    return (await reader.execute(wanted)).scalar_one_or_none() or {}


def _of_the_bot(answer: Mapping[str, Any], text: str) -> bool:
    """Who the bot is, a greeting, a nod: nothing that a person could say."""
    commands = [str(one) for one in (answer.get("trace") or {}).get("commands") or ()]
    chats = bool(commands) and not any(one.startswith(("answer(", "set(")) for one in commands)
    return chats or _SELF.search(text) is not None


def _of_others(text: str, record: Mapping[str, Any]) -> bool:
    """Told of an order with goods or a payment that this conversation's order does not have."""
    order = record.get("order") or {}
    goods, paid = order.get("items") or [], order.get("payment_method")
    named = _ABOUT.match(text)
    foreign = named and goods and not any(named[1] in one["name"] or one["name"] in named[1] for one in goods)
    others = [word for method, word in _PAID_BY.items() if method != paid] if paid in _PAID_BY else []
    return bool(foreign) or any(f"退回{word}" in text or f"退到{word}" in text for word in others)


async def _asked(reader: Reader, conversation: Conversation) -> list[Item]:
    """What the customer said since somebody of the store last said something."""
    start = max(0, conversation.last_seq - 4 * _LAST)
    said = [
        one
        for one in await read_items(reader, conversation.id, after=start, up_to=conversation.last_seq)
        if one.kind in ("text", "button") and one.sender in ("customer", "agent") and one.recalled_at is None
    ]
    asked: list[Item] = []
    for one in reversed(said):
        if one.sender != "customer":
            break
        if one.kind == "text":
            asked.append(one)
    return asked[::-1][-_LAST:]


def _listening(conversation: Conversation, asked: Sequence[Item], worker: str) -> RunningTurn:
    """A turn that is never kept: the bot is asked as while somebody waits, when it only tells."""
    text = "\n".join(str(one.body.get("text") or "") for one in asked)[-_LONGEST:]
    return RunningTurn(
        turn_id=new_id("t"),
        conversation_id=conversation.id,
        attempt=1,
        worker=worker,
        first_seq=asked[0].seq,
        last_seq=asked[-1].seq,
        input={"kind": "text", "text": text, "listen": True},
        acked_at=asked[0].at,
        started_at=asked[-1].at,
        state_version=conversation.bot_state_version,
        owner_epoch=conversation.owner_epoch,
    )


async def _nothing(_late: dict[str, Any]) -> None:
    """A late answer of a turn that was never kept."""
