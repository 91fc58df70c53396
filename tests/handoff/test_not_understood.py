"""What the bot did not understand comes to the designers: masked, grouped, ready to label (H52)."""

import json
import os
from pathlib import Path

import httpx
import pytest

from handoff.not_understood import do_export, same_words
from handoff.records import Records
from tests.helpers.customer import Customer
from tests.helpers.handoff_service import HandoffService
from tests.helpers.scripted_bot import ScriptedBot, say


async def exported(database_url: str, file: Path) -> list[dict]:  # type: ignore[type-arg]
    records = Records(database_url, worker="export")
    try:
        count = await do_export(records, file, days=1)
    finally:
        await records.close()
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert count == len(lines)
    return lines


async def test_the_same_words_are_one_line_the_most_frequent_first(
    service: HandoffService, bot: ScriptedBot, tmp_path: Path
) -> None:
    """H52."""
    odd = say("没太明白您的意思", intent="nlu_fallback", category="order.status")
    texts = ["能开光吗？", "能开光吗", "能 开光吗!!", "我电话13812345678 帮我跳个舞"]
    for text in texts:
        bot.when(text, odd)
    async with httpx.AsyncClient(base_url=service.url, timeout=30) as http:
        for first, second in (texts[:2], texts[2:]):
            customer = await Customer.open(http)
            await customer.answer_to(await customer.say("你好"))
            await customer.answer_to(await customer.say(first))
            await customer.answer_to(await customer.say(second))
    lines = await exported(service.database_url, tmp_path / "misses.jsonl")
    assert [(one["count"], one["conversations"], one["intent"]) for one in lines] == [(3, 2, ""), (1, 1, "")]
    assert "开光" in lines[0]["text"]
    assert "13812345678" not in json.dumps(lines), "masked"
    assert "你好" not in json.dumps(lines, ensure_ascii=False), "what was understood is none"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("能开光吗？", "能 开光 吗", True),
        ("ＡＢ款呢", "ab款呢", True),
        ("要100个", "要200个", True),
        ("要100个", "不要100个", False),
    ],
)
def test_what_counts_as_the_same_words(one: str, other: str, same: bool) -> None:
    """H52: grouped by what was said, not by how it was typed."""
    assert (same_words(one) == same_words(other)) is same


async def test_nothing_missed_is_an_empty_file_of_its_owner(
    records: Records, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "none.jsonl"
    assert await exported(database_url, file) == []
    assert os.stat(file).st_mode & 0o777 == 0o600
