"""A running service says what data/policy says now, refuses a broken file by its line, and does not stop for it."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.handoff.conftest import client_of
from tests.helpers.customer import Customer
from tests.helpers.handoff_service import HandoffService, running_service
from tests.helpers.own_data import own_data
from tests.helpers.scripted_bot import ScriptedBot


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return own_data(tmp_path) / "data" / "policy"


@pytest.fixture
async def edited_service(tmp_path: Path, folder: Path, bot: ScriptedBot) -> AsyncIterator[HandoffService]:
    """One worker with a policy of its own."""
    async with running_service(tmp_path / "var", [bot.url], env={"ANKE_DATA_ROOT": str(tmp_path)}) as running:
        yield running


async def told_when_waiting(service: HandoffService) -> str:
    """What a new customer is told who asks for a person."""
    async with client_of(service) as http:
        customer = await Customer.open(http)
        assert (await customer.call("human")).status_code == 200
        said = [
            one["body"]["text"]
            for one in (await customer.log())["items"]
            if one["sender"] == "system" and one["kind"] == "text"
        ]
    return " ".join(said)


def refusals(service: HandoffService) -> list[str]:
    lines = [json.loads(one) for one in service.log().splitlines() if one.startswith("{")]
    return [one["message"] for one in lines if one.get("logger") == "anke.reload" and one["level"] == "error"]


async def test_rules_changed_on_disk_are_those_of_the_next_customer(
    edited_service: HandoffService, folder: Path
) -> None:
    file = folder / "wording.yml"
    words = file.read_text(encoding="utf-8")
    assert "现在没有客服在线" in await told_when_waiting(edited_service), "nobody is logged in here"

    file.write_text(words.replace("现在没有客服在线", "马上请同事过来"), encoding="utf-8")
    await asyncio.sleep(1.1)
    assert "马上请同事过来" in await told_when_waiting(edited_service)

    file.write_text(words.replace("正在为您转接人工客服（{group}）", "请稍等（{gruop}）"), encoding="utf-8")
    await asyncio.sleep(1.1)
    for _ in range(2):
        assert "马上请同事过来" in await told_when_waiting(edited_service)
    (told,) = refusals(edited_service)
    line = words.split("\n").index(next(one for one in words.split("\n") if one.startswith("waiting:"))) + 1
    assert told.startswith(f"data/policy/wording.yml:{line} waiting 不能用 {{gruop}}（可以用 {{group}}）")
