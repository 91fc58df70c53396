"""Who calls the service in these tests: nobody, a customer, people at the desk, a program of a channel; each with credentials and
with something of theirs to work on."""

import hashlib
import hmac
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.helpers.agent_client import PASSWORD

CHANNEL, CHANNEL_SECRET = "mail", "secret-of-the-mail-channel"


@dataclass
class Caller:
    """`path` has values for parameters of the path; `epoch` is that of the conversation there."""

    name: str
    headers: dict[str, str] = field(default_factory=dict)
    path: dict[str, str] = field(default_factory=dict)
    epoch: int = 0

    def sign(self, body: bytes) -> None:
        """The header of a signed channel, over exactly these bytes."""
        at = int(time.time())
        mac = hmac.new(CHANNEL_SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        self.headers["X-Anke-Signature"] = f"t={at},v1={mac}"


def customer(http: httpx.Client) -> Caller:
    """With a conversation of their own."""
    opened = http.post("/api/v1/conversations", json={}).json()
    headers = {"Authorization": f"Bearer {opened['token']}"}
    return Caller("customer", headers, {"conversation_id": opened["conversation_id"]})


def logged_in(http: httpx.Client, username: str) -> Caller:
    http.cookies.clear()
    answer = http.post("/api/v1/agent/login", json={"username": username, "password": PASSWORD})
    cookie = "; ".join(f"{one.name}={one.value}" for one in http.cookies.jar)
    http.cookies.clear()
    return Caller(username, {"Cookie": cookie, "X-CSRF-Token": answer.json()["csrf"]})


def with_a_customer(http: httpx.Client, person: Caller) -> Caller:
    """The same person, at the desk, with a conversation in hand and its case, and a canned reply."""
    asker = customer(http)
    conversation = asker.path["conversation_id"]
    http.post(f"/api/v1/conversations/{conversation}/human", headers=asker.headers)

    def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = http.post(f"/api/v1/agent/{path}", json=body, headers=person.headers).json()
        return found

    post("presence", {"status": "online"})
    claimed = post(f"conversations/{conversation}/claim", {})
    cases = http.get("/api/v1/agent/cases?owner=me", headers=person.headers).json()["items"]
    reply = post("canned", {"title": "谢谢", "text": "谢谢您", "scope": "own"})
    path = {
        "conversation_id": conversation,
        "case_no": cases[0]["case_no"],
        "reply_id": reply.get("id", "y_0"),
    }
    return Caller(person.name, person.headers, path, claimed["epoch"])


def with_an_account(http: httpx.Client, admin: Caller) -> Caller:
    """An administrator with a newcomer's account."""
    body = {"username": f"n{uuid.uuid4().hex[:10]}", "name": "新人", "role": "qa"}
    made = http.post("/api/v1/agent/accounts", json=body, headers=admin.headers).json()
    return Caller(admin.name, admin.headers, {"account_id": made["id"]})


def with_a_pick(http: httpx.Client, boss: Caller) -> Caller:
    """A supervisor with a conversation that was drawn, and a finding about it."""
    served = with_a_customer(http, boss)

    def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = http.post(f"/api/v1/agent/{path}", json=body, headers=boss.headers).json()
        return found

    conversation = served.path["conversation_id"]
    post(f"conversations/{conversation}/close", {"epoch": served.epoch, "resolution": "solved"})
    post("quality/samples", {"count": 1})
    picks = http.get("/api/v1/agent/quality/picks", headers=boss.headers).json()["items"]
    pick = picks[0]["id"]
    finding = post(f"quality/picks/{pick}/findings", {"kind": "policy", "text": "运费写得不清楚"})
    return Caller(boss.name, boss.headers, {"pick_id": pick, "finding_id": finding["id"]})
