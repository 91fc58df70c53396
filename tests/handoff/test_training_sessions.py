"""The store's own sessions, exported for the handoff model: what it learns is what happened, and nobody is named."""

import json
import os
from pathlib import Path

import httpx

from handoff.records import Records
from handoff.training_sessions import do_export
from tests.helpers.customer import Customer
from tests.helpers.handoff_service import HandoffService
from tests.helpers.scripted_bot import ScriptedBot, say


async def exported(database_url: str, file: Path) -> list[dict]:  # type: ignore[type-arg]
    records = Records(database_url, worker="export")
    try:
        counted = await do_export(records, file, days=1)
    finally:
        await records.close()
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert counted == (len(lines), sum("reason" in line for line in lines))
    return lines


async def test_a_session_ends_with_the_words_that_brought_a_person(
    service: HandoffService, bot: ScriptedBot, tmp_path: Path
) -> None:
    async with httpx.AsyncClient(base_url=service.url, timeout=30) as http:
        calm = await Customer.open(http)
        await calm.answer_to(await calm.say("在吗"))
        silent = await Customer.open(http)
        angry = await Customer.open(http)
        bot.when("电话 13812345678 催一下", say("已记下", intent="urge_delivery", category="logistics.urge"))
        bot.when(
            "骗子",
            say(
                "马上为您转接",
                commands=[
                    {
                        "command": "handoff",
                        "reason": "anger",
                        "level": "II",
                        "group": "complaint",
                        "evidence": [],
                    }
                ],
                emotion="angry",
            ),
        )
        await angry.answer_to(await angry.say("电话 13812345678 催一下"))
        await angry.answer_to(await angry.say("骗子"))
        await angry.say("还在吗 说给人工听的")
        lines = await exported(service.database_url, tmp_path / "sessions.jsonl")
    assert silent.id not in str(lines)
    assert len(lines) == 2, "who said nothing is no session"
    plain, tense = lines
    assert [(one["role"], one["transfer"]) for one in plain["session"]] == [("customer", 0), ("shop", 0)]
    assert tense["reason"] == "anger"
    said = tense["session"]
    assert [one["transfer"] for one in said if one["role"] == "customer"] == [0, 1]
    assert said[2]["text"] == "骗子"
    assert "13812345678" not in json.dumps(lines)
    assert said[0]["confidence"] > 0
    assert said[2]["emotion"] >= 0
    assert "emotion" not in said[1]
    assert said[2]["silence_s"] >= 0
    assert "silence_s" not in said[0]
    assert "人工听" not in json.dumps(lines, ensure_ascii=False), (
        "what is said to people is not the bot's lesson"
    )


async def test_the_file_is_for_its_owner_only(database_url: str, records: Records, tmp_path: Path) -> None:
    file = tmp_path / "none.jsonl"
    assert await do_export(records, file, days=1) == (0, 0)
    assert os.stat(file).st_mode & 0o777 == 0o600


async def test_the_bot_is_told_when_and_how_earlier_words_were_understood(
    service: HandoffService, bot: ScriptedBot
) -> None:
    async with httpx.AsyncClient(base_url=service.url, timeout=30) as http:
        customer = await Customer.open(http)
        await customer.answer_to(await customer.say("在吗"))
        await customer.answer_to(await customer.say("快点"))
    first, second = bot.turns[-1]["context"]["history"][:2]
    assert (first["sender"], first["emotion"] >= 0, 0 <= first["confidence"] <= 1) == ("customer", True, True)
    assert second["form_failed"] == 0
    assert first["at"] < second["at"]
