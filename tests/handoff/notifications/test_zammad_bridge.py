"""deploy/zammad_bridge.py makes one ticket of each handoff, whatever comes twice, late or in between; as a process of its own."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from handoff.notifications.signature import HEADER, signature
from launcher.preflight import free_port
from tests.handoff.notifications.fake_zammad import TOKEN, FakeZammad
from tests.helpers.agent_client import AgentClient, running_desk
from tests.helpers.contracts import assert_contract
from tests.helpers.customer import Customer
from tests.helpers.processes import ROOT
from tests.helpers.scripted_bot import ScriptedBot

SECRET = "secret-of-the-notifications"
H, C = "h_9aB", "c_7Qm"


class Bridge:
    """The bridge as an operator runs it, and Anke's side of the wire."""

    def __init__(self, zammad: FakeZammad, folder: Path) -> None:
        self.zammad = zammad
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self._env = {
            "NOTIFY_SECRET": SECRET,
            "ZAMMAD_URL": zammad.url,
            "ZAMMAD_TOKEN": TOKEN,
            "ZAMMAD_GROUP": "售后",
            "ANKE_URL": "https://service.example",
            "BRIDGE_PORT": str(self.port),
            "BRIDGE_DB": str(folder / "bridge.db"),
        }
        self._at = 0

    def start(self) -> None:
        self._process = subprocess.Popen([sys.executable, "deploy/zammad_bridge.py"], cwd=ROOT, env=self._env)
        for _ in range(200):
            try:
                httpx.get(self.url)
                return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError("the bridge does not listen")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)

    def event(self, name: str, handoff_id: str = H, **data: Any) -> dict[str, Any]:
        """Each a second after the one before."""
        self._at += 1
        told = {
            "event_id": f"e_{name}_{self._at}",
            "event": f"handoff.{name}",
            "at": f"2026-11-29T08:00:{self._at:02d}.000Z",
            "conversation_id": C,
            "data": {"handoff_id": handoff_id, **data},
        }
        assert_contract("notification", told)
        return told

    def created(self, **other: Any) -> dict[str, Any]:
        data = {
            "reason": "anger",
            "state": "waiting",
            "category": "quality.fault",
            "level": "II",
            "replaces": None,
        }
        return self.event("created", **{**data, "group": "complaint", "order_no": "202611010003", **other})

    def closed(self, resolution: str = "solved") -> dict[str, Any]:
        return self.event("closed", resolution=resolution, agent="agent1")

    def send(self, event: dict[str, Any], secret: str = SECRET, age: int = 0) -> int:
        body = json.dumps(event, ensure_ascii=False).encode()
        headers = {HEADER: signature(secret, body, int(time.time()) - age)}
        return httpx.post(self.url, content=body, headers=headers).status_code

    @property
    def ticket(self) -> dict[str, Any]:
        """The only one there is."""
        (one,) = self.zammad.tickets.values()
        return one


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[Bridge]:
    zammad = FakeZammad()
    one = Bridge(zammad, tmp_path)
    one.start()
    yield one
    one.stop()
    zammad.close()


def test_a_handoff_is_one_ticket_from_its_beginning_to_its_end(bridge: Bridge) -> None:
    assert bridge.send(bridge.created()) == 204
    told = bridge.ticket
    assert (told["group"], told["state"], told["priority"]) == ("售后", "new", "2 normal")
    assert all(part in told["title"] for part in (H, "Ⅱ级", "202611010003"))
    assert told["articles"][0]["internal"] is True
    assert f"https://service.example/console#/talks/{C}" in told["articles"][0]["body"]
    assert bridge.send(bridge.event("assigned", agent="agent1")) == 204
    assert bridge.ticket["state"] == "open"
    breach = {"deadline": "plan", "due_at": "2026-11-29T08:00:00.000Z", "level": "II", "group": "complaint"}
    assert bridge.send(bridge.event("breached", **breach)) == 204
    assert bridge.ticket["priority"] == "3 high"
    assert bridge.send(bridge.closed()) == 204
    assert bridge.ticket["state"] == "closed"
    assert bridge.send(bridge.event("rated", score=5)) == 204
    assert bridge.ticket["state"] == "closed"
    assert len(bridge.ticket["articles"]) == 5
    assert "5 分" in bridge.ticket["articles"][-1]["body"]


def test_the_same_event_again_changes_nothing_even_after_a_restart(bridge: Bridge) -> None:
    created = bridge.created()
    assert bridge.send(created) == 204
    bridge.stop()
    bridge.start()
    assert bridge.send(created) == 204
    assert len(bridge.ticket["articles"]) == 1


def test_an_event_that_comes_late_does_not_move_the_ticket_back(bridge: Bridge) -> None:
    created, assigned = bridge.created(), bridge.event("assigned", agent="agent1")
    assert bridge.send(bridge.closed()) == 204
    assert bridge.send(assigned) == 204
    assert bridge.send(created) == 204
    assert bridge.ticket["state"] == "closed"
    assert "202611010003" in bridge.ticket["title"]
    assert len(bridge.ticket["articles"]) == 3


def test_what_zammad_does_not_take_comes_again_and_is_not_made_twice(bridge: Bridge) -> None:
    created = bridge.created()
    bridge.zammad.down = True
    assert bridge.send(created) == 503
    bridge.zammad.down = False
    bridge.zammad.mute = True  # made, but nobody was told
    assert bridge.send(created) == 503
    assert bridge.send(created) == 204
    assert bridge.ticket["state"] == "new"


def test_a_ticket_whose_customer_now_waits_goes_on(bridge: Bridge) -> None:
    bridge.send(bridge.created(state="ticket"))
    assert bridge.send(bridge.created(handoff_id="h_2nd", replaces=H, level="III")) == 204
    assert "h_2nd" in bridge.ticket["title"]
    assert bridge.ticket["priority"] == "3 high"


@pytest.mark.parametrize(("resolution", "state"), [("follow_up", "open"), ("left", "closed")])
def test_what_is_to_be_followed_up_stays_open(bridge: Bridge, resolution: str, state: str) -> None:
    bridge.send(bridge.created())
    assert bridge.send(bridge.closed(resolution)) == 204
    assert bridge.ticket["state"] == state


async def test_the_handoffs_of_a_running_service_become_tickets(
    bridge: Bridge, bot: ScriptedBot, tmp_path: Path
) -> None:
    env = {
        "NOTIFY_URLS": f"zammad={bridge.url}",
        "NOTIFY_EVENTS": "zammad=handoff.*",
        "NOTIFY_SECRET": SECRET,
    }
    async with (
        running_desk(tmp_path / "data", bot, **env) as service,
        httpx.AsyncClient(base_url=service.url, timeout=30) as http,
        AgentClient.logged_in(service.url, "agent1") as agent,
    ):
        customer = await Customer.open(http)
        await customer.call("human")
        epoch = await agent.claim(customer.id)
        await agent.end(customer.id, "close", epoch)
        await customer.call("rating", {"score": 5})
        async with asyncio.timeout(40):
            while not bridge.zammad.tickets or len(bridge.ticket["articles"]) < 4:
                await asyncio.sleep(0.2)
    assert bridge.ticket["state"] == "closed"
    assert f"#/talks/{customer.id}" in bridge.ticket["articles"][0]["body"]


def test_only_anke_is_believed_and_other_events_are_passed_over(bridge: Bridge) -> None:
    created = bridge.created()
    assert bridge.send(created, secret="another-secret-altogether") == 401
    assert bridge.send(created, age=301) == 401
    assert bridge.send({"event": 1}) == 400
    assert bridge.send({**created, "event": "conversation.rated", "data": {"score": 5, "episode": 1}}) == 204
    assert not bridge.zammad.tickets
    assert httpx.post(bridge.url, content=b"x" * 70_000).status_code == 413
