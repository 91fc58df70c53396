"""The supervisor's pages through the service: live frames, who may see what, tables without formulas (H49, H50)."""

import asyncio
import csv
import io
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from handoff.auth.guard import Needs
from handoff.auth.roles import Agent
from handoff.oversight.table import csv_text
from handoff.routes import ROUTES
from tests.handoff.shared_desk import NAMES, SharedDesk
from tests.helpers.contracts import assert_contract
from tests.helpers.processes import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="module")
TODAY = f"{datetime.now(UTC).astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d}"


async def test_the_wall_is_live_within_seconds(desk: SharedDesk) -> None:
    boss = desk.people["boss"]
    async with boss.socket(desk.service) as socket:
        await socket.send({"type": "wall", "on": True})
        before = await socket.next("wall")
        assert_contract("agent-frames", before)
        customer = await desk.waiting("在吗")
        asked = asyncio.get_running_loop().time()
        await socket.next(lambda one: one["type"] == "wall" and one["waiting"] == before["waiting"] + 1)
        assert asyncio.get_running_loop().time() - asked < 5
        await desk.people["agent1"].claim(customer.id)
        frame = await socket.next(
            lambda one: one["type"] == "wall" and one["serving"] == before["serving"] + 1
        )
        assert_contract("agent-frames", frame)
        await socket.send({"type": "wall", "on": False})
    answer = await boss.get("wall")
    assert answer.status_code == 200
    assert_contract("agent-frames", {"type": "wall", **answer.json()})


async def test_an_agent_has_no_wall(desk: SharedDesk) -> None:
    async with desk.people["agent1"].socket(desk.service) as socket:
        await socket.send({"type": "wall", "on": True})
        assert (await socket.next("error"))["code"] == "forbidden"
        await socket.send({"type": "ping"})
        await socket.next("pong")


@pytest.mark.parametrize("name", NAMES)
async def test_every_route_asks_the_one_table(desk: SharedDesk, name: str) -> None:
    """H49: 403 exactly where the role has none of the rights that the route needs."""
    person = desk.people[name]
    agent = Agent("a", name, name, person.agent["role"], ())
    assert person.agent["rights"] == agent.rights
    for route in ROUTES:
        if not isinstance(route.permission, Needs) or not route.permission.rights:
            continue
        path = re.sub(r"<[^>]+>", "nobody", route.path).removeprefix("/api/v1/agent/")
        answer = await (person.get(path) if route.method == "GET" else person.post(path))
        may = any(agent.may(right) for right in route.permission.rights)
        is_json = answer.headers["content-type"].startswith("application/json")
        told = answer.json().get("error", {}).get("code") if is_json else None
        assert (answer.status_code == 403 and told == "forbidden") is not may, (route.path, answer.text)
        assert answer.status_code < 500, (route.path, answer.text)


async def test_the_table_of_rights_is_told_in_the_protocol() -> None:
    told = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")
    for role in ("agent", "specialist", "supervisor", "qa", "designer", "admin"):
        [row] = re.findall(rf"^\| {role} \|(.*)\|$", told, re.M)
        assert row.replace("`", "").split() == Agent("a", "", "", role, ()).rights  # type: ignore[arg-type]


async def test_figures_and_their_conversations_and_tables(desk: SharedDesk) -> None:
    boss = desk.people["boss"]
    customer = await desk.waiting("转人工吧")
    answer = await boss.get("figures", **{"from": TODAY, "to": TODAY, "by": "group"})
    told = answer.json()
    assert answer.status_code == 200, answer.text
    assert [day["day"] for day in told["days"]] == [TODAY]
    assert told["total"]["handoffs"] >= 1
    assert "在线客服" in {part["name"] for part in told["parts"]}
    found = (await boss.get("figures/conversations", figure="waiting")).json()
    assert customer.id in {one["conversation_id"] for one in found["items"]}
    table = await boss.get("figures/table.csv", **{"from": TODAY, "by": "group", "rows": "parts"})
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(table.text.removeprefix("\ufeff"))))
    assert rows[0][0] == "分项"
    assert len(rows) == len(told["parts"]) + 1
    named = await boss.get("figures/conversations.csv", figure="waiting")
    assert customer.id in named.text
    for wrong in (
        {"from": "gestern"},
        {"from": TODAY, "to": "2020-01-01"},
        {"from": "2020-01-01", "to": TODAY},
    ):
        assert (await boss.get("figures", **wrong)).status_code == 422
    assert (await boss.get("figures", by="phase")).status_code == 422
    assert (await boss.get("figures/conversations", figure="nothing")).status_code == 422
    assert (await boss.get("figures/conversations", figure="waiting", group="\0")).status_code == 422


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-2", "@x", "\t=1", "\r=1", " =1", "　=cmd|' /C calc'!A0", "\ufeff@SUM(A1)"]
)
async def test_no_cell_is_a_formula(text: str) -> None:
    """A spreadsheet shows what a customer typed and runs nothing."""
    [[_], [cell]] = csv.reader(io.StringIO(csv_text(["a"], [[text]]).removeprefix("\ufeff"), newline=""))
    assert cell == f"'{text}"


async def test_numbers_stay_numbers() -> None:
    assert csv_text(["a", "b"], [[-1, None], [0.5, "你好, “世界”"]]).splitlines()[1:] == [
        "-1,",
        '0.5,"你好, “世界”"',
    ]
