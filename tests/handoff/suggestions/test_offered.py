"""What is suggested is the conversation's own, said by a person, and learned from settled cases of the same category."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from handoff.records import NewItem, Records, append_items, create_conversation, get_conversation
from handoff.records.tables import conversations, handoffs
from handoff.suggestions.offered import Suggestions
from handoff.turns.bot_client import BotError
from tests.handoff.queue.queue_harness import rules

ANSWER = "先泡小苏打水半小时，再用软布擦，千万不要用钢丝球。"
OWN = {
    "category": "refund.progress",
    "order": {"items": [{"name": "羽绒服 男款"}], "payment_method": "wechat"},
}


class Bot:
    """Answers every message in the same way; None: it is away."""

    def __init__(self, *replies: dict[str, Any], commands: list[str] | None = None) -> None:
        self.answer: dict[str, Any] = {"replies": list(replies)}
        if commands:
            self.answer["trace"] = {"commands": commands}

    async def ask(self, _turn: Any, **_more: Any) -> dict[str, Any]:
        if not self.answer["replies"]:
            raise BotError("away")
        return self.answer


async def talk(
    records: Records, said: list[tuple[str, str]], record: dict[str, Any], ended: timedelta | None = None
) -> str:
    """A conversation with its handoff; `ended`: so long ago, solved."""
    async with records.write() as tx:
        conversation_id = await create_conversation(tx)
        await append_items(tx, conversation_id, [NewItem(who, "text", {"text": text}) for who, text in said])
        handoff_id = f"h{conversation_id}"[:40]
        await tx.execute(
            insert(handoffs).values(
                handoff_id=handoff_id,
                conversation_id=conversation_id,
                episode=1,
                created_at=tx.now(),
                updated_at=tx.now(),
                reason="requested",
                schema_version=1,
                record=record,
                filled=True,
                resolution="solved" if ended else None,
                ended_at=tx.now() - ended if ended else None,
            )
        )
        await tx.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id)
            .values(handoff_id=handoff_id, skill_group="technical")
        )
    return conversation_id


async def offered(records: Records, bot: Bot, conversation_id: str) -> list[dict[str, Any]]:
    async with records.read() as reader:
        conversation = await get_conversation(reader, conversation_id)
    suggestions = Suggestions(records, rules(), bot)  # type: ignore[arg-type]
    return await suggestions.offered(conversation, (), None)


@pytest.mark.parametrize(
    ("ended", "category", "mine", "found"),
    [
        (timedelta(days=2), "product.usage", "product.usage", True),
        (timedelta(hours=2), "product.usage", "product.usage", False),
        (timedelta(days=2), "product.quality", "product.usage", False),
        (timedelta(days=2), "service.human", "service.human", False),
        (timedelta(days=2), "product.usage", "", False),
    ],
)
async def test_solved_cases_of_the_same_matter(
    records: Records, ended: timedelta, category: str, mine: str, found: bool
) -> None:
    await talk(
        records, [("customer", "锅底烧黑了怎么洗掉"), ("agent", ANSWER)], {"category": category}, ended
    )
    now = await talk(records, [("customer", "不粘锅锅底烧黑了咋洗")], {"category": mine})
    expected = [{"source": "solved", "text": ANSWER}] if found else []
    assert await offered(records, Bot(), now) == expected


@pytest.mark.parametrize(
    ("reply", "commands"),
    [
        ({"text": "我是安禾生活馆的智能客服，退款都走原路。"}, ["answer(knowledge, entry=account_real)"]),
        ({"text": "不客气，还有需要随时说。"}, ["chat(thanks)"]),
        ({"text": "手机还没有办退款，办了以后到账。"}, None),
        ({"text": "退款会原路退回支付宝。"}, None),
        ({"text": "羽绒服还没有退款记录，要我现在帮您办吗？", "expects": "confirm"}, None),
        (
            {"text": "还没有发起退款，要现在办吗？", "buttons": [{"label": "帮我办", "payload": "/affirm"}]},
            None,
        ),
    ],
)
async def test_what_is_the_bots_own_or_of_another_order_is_not_offered(
    records: Records, reply: dict[str, Any], commands: list[str] | None
) -> None:
    now = await talk(records, [("customer", "退款到哪里")], OWN)
    assert await offered(records, Bot({"kind": "text", **reply}, commands=commands), now) == []


@pytest.mark.parametrize("text", ["羽绒服已经在退款，退回微信。", "退款审核通过后三天内到账。"])
async def test_what_is_of_this_order_or_holds_for_all_is_offered(records: Records, text: str) -> None:
    now = await talk(records, [("customer", "退款到哪里")], OWN)
    bot = Bot({"kind": "text", "text": text}, commands=["answer(refund_progress)"])
    assert await offered(records, bot, now) == [{"source": "known", "text": text}]
