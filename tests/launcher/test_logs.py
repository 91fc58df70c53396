"""The logs of a running installation: JSON line by line in every process, at the level asked for, without anybody's words."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from launcher.json_lines import json_line
from tests.helpers.customer import Customer
from tests.helpers.installation import Installation, running_installation

WORDS = "我的扫地机器人一直乱撞，电话13912345678，邮箱xiaoming.wang@example.com"


def lines_of(installation: Installation) -> dict[str, list[dict[str, Any]]]:
    """process -> its lines; fails on one that is no JSON object."""
    found: dict[str, list[dict[str, Any]]] = {}
    for file in sorted((installation.data_dir / "log").glob("*.log")):
        for line in file.read_text(encoding="utf-8").splitlines():
            try:
                said = json.loads(line)
            except ValueError:
                raise AssertionError(f"{file.name}: {line[:300]}") from None
            assert isinstance(said, dict), line
            found.setdefault(file.stem, []).append(said)
    return found


@pytest.mark.timeout(300)
async def test_every_process_writes_json_at_the_level_asked_for_and_nobodys_words(tmp_path: Path) -> None:
    async with running_installation(tmp_path / "data", {"LOG_LEVEL": "debug"}) as installation:
        async with httpx.AsyncClient(base_url=installation.url, timeout=20) as http:
            customer = await Customer.open(http)
            await customer.answer_to(await customer.say(WORDS), seconds=20)
            await customer.answer_to(await customer.say("202611010003 5678"), seconds=20)
        installation.kill("actions")
        await installation.until_running("actions", 1)
        await installation.until_ready(30)
        logs = lines_of(installation)
    assert {"worker-1", "worker-2", "actions", "bot-1", "valkey", "launcher"} <= set(logs)
    for process, lines in logs.items():
        for line in lines:
            assert {"at", "level"} <= set(line), (process, line)
            assert line.get("message") or line.get("event"), (process, line)
    workers = logs["worker-1"] + logs["worker-2"]
    assert any(one["level"] == "debug" and "/messages" in one["message"] for one in workers)
    understood = [one for one in logs["bot-1"] if one["message"].startswith("understood as ")]
    assert understood
    assert all(one["turn_id"] and one["level"] == "debug" for one in understood)
    turns = {one["turn_id"] for one in understood}
    assert turns <= {one.get("turn_id") for one in logs["actions"]}, "one turn, one id, in all logs"
    assert any("responses" in one for one in logs["actions"])
    assert any("actions ended (signal SIGKILL)" in one["message"] for one in logs["launcher"])
    everything = json.dumps(logs, ensure_ascii=False)
    for word in ("13912345678", "xiaoming.wang", "乱撞", "扫地机器人一直"):
        assert word not in everything


async def test_info_is_the_default_and_tells_no_debug(tmp_path: Path) -> None:
    async with running_installation(tmp_path / "data") as installation:
        async with httpx.AsyncClient(base_url=installation.url, timeout=20) as http:
            customer = await Customer.open(http)
            await customer.answer_to(await customer.say("你好"), seconds=20)
        logs = lines_of(installation)
    levels = {one["level"] for lines in logs.values() for one in lines}
    assert "debug" not in levels
    assert "info" in levels


def test_a_line_of_valkey_takes_its_level_from_its_sign() -> None:
    line = json.loads(
        json_line("valkey", "2743:M 29 Nov 2026 18:48:50.658 # Memory overcommit must be enabled!")
    )
    assert (line["level"], line["process"]) == ("warning", "valkey")
    assert line["message"] == "Memory overcommit must be enabled!"
    assert json.loads(json_line("valkey", "*** FATAL CONFIG FILE ERROR ***"))["message"].startswith(
        "*** FATAL"
    )
