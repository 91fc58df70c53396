#!/usr/bin/env python3
"""Anke's handoffs as tickets of Zammad: one file, standard library, Python >= 3.11, nothing to install.

    anke:    NOTIFY_URLS="zammad=http://127.0.0.1:8900/" NOTIFY_EVENTS="zammad=handoff.*" NOTIFY_SECRET=…
    bridge:  NOTIFY_SECRET=… ZAMMAD_URL=https://zammad.example ZAMMAD_TOKEN=… python3 deploy/zammad_bridge.py

It takes signed notifications (docs/notifications.md) and writes tickets by Zammad's public REST API: created opens one,
assigned, returned, breached and rated are internal notes in it, closed closes it. Anke's promise is "at least once, in no order",
so the bridge remembers in BRIDGE_DB which ticket is whose and what it has seen: the same event again changes nothing, and an event that
comes late never moves the ticket back. Whatever Zammad does not take is answered 503, and Anke sends it again.
Nothing about the customer travels but the order number: whoever opens the ticket follows its link to the console.

Settings, all from the environment:
    NOTIFY_SECRET            the same as Anke's
    ZAMMAD_URL, ZAMMAD_TOKEN a token with the permission ticket.agent
    ZAMMAD_GROUP             the group of the tickets (Users)
    ZAMMAD_CUSTOMER          e-mail of the Zammad user in whose name they stand (anke@localhost.invalid): create it once
    ANKE_URL                 where agents find the console (http://127.0.0.1:8000)
    BRIDGE_HOST, BRIDGE_PORT where the bridge listens (127.0.0.1, 8900): nobody but Anke need reach it
    BRIDGE_DB                its memory (zammad-bridge.db)
"""

import hashlib
import hmac
import json
import logging
import os
import sqlite3
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

log = logging.getLogger("zammad_bridge")

OLDEST_SIGNATURE = 300
LARGEST_BODY = 64 * 1024
ZAMMAD_SECONDS = 4.0
"""Less than Anke waits for us (NOTIFY_TIMEOUT_SECONDS, 5): it should hear our 503, not its own timeout."""
KEPT = 60 * 24 * 3600
"""Seconds that an event is remembered: Anke forgets after 30 days."""

NORMAL, HIGH = "2 normal", "3 high"
"""Zammad's own names of two of its priorities."""

CLOSED_BY = {
    "solved": "已解决",
    "partly": "部分解决",
    "refused": "未同意",
    "follow_up": "待跟进",
    "no_answer": "客户未回应",
    "left": "客户没有等到人接待就离开了",
}
REASONS = {
    "requested": "客户要求人工",
    "anger": "客户情绪激动",
    "threat": "客户提到曝光或投诉渠道",
    "safety": "安全问题",
    "complaint": "投诉",
    "repeat": "同一问题再次找来",
    "misunderstood": "机器人没听懂",
    "no_progress": "一直没有进展",
    "out_of_policy": "超出政策",
    "unsure": "机器人没有把握",
    "privacy": "个人信息",
    "bot_unavailable": "机器人不可用",
}
DEADLINES = {
    "first_response": "首次回复",
    "plan": "给出方案",
    "plan_told": "告知方案",
    "resolve": "解决",
}
LEVELS = {"I": "Ⅰ级", "II": "Ⅱ级", "III": "Ⅲ级"}
RETURNED = {
    "returned": "坐席退回",
    "transferred": "转给别的组",
    "unanswered": "接待后没有回复，已收回",
    "owner_gone": "坐席离线",
    "hold_over": "搁置到期，坐席不在",
}


@dataclass(frozen=True)
class Settings:
    secret: str
    zammad_url: str
    token: str
    group: str = "Users"
    customer: str = "anke@localhost.invalid"
    anke_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8900
    database: str = "zammad-bridge.db"

    @classmethod
    def read(cls, env: Mapping[str, str]) -> "Settings":
        """SystemExit with one line for what is missing."""
        needed = [env.get(name, "") for name in ("NOTIFY_SECRET", "ZAMMAD_URL", "ZAMMAD_TOKEN")]
        if not all(needed):
            raise SystemExit(
                "NOTIFY_SECRET, ZAMMAD_URL and ZAMMAD_TOKEN are needed; see the head of this file."
            )
        return cls(
            secret=needed[0],
            zammad_url=needed[1].rstrip("/"),
            token=needed[2],
            group=env.get("ZAMMAD_GROUP") or cls.group,
            customer=env.get("ZAMMAD_CUSTOMER") or cls.customer,
            anke_url=(env.get("ANKE_URL") or cls.anke_url).rstrip("/"),
            host=env.get("BRIDGE_HOST") or cls.host,
            port=int(env.get("BRIDGE_PORT") or cls.port),
            database=env.get("BRIDGE_DB") or cls.database,
        )


class NotTaken(Exception):
    """Zammad did not take it: Anke shall send the event again."""


class Zammad:
    """The three calls of Zammad's REST API that the bridge needs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def find(self, mark: str) -> int | None:
        """The ticket that has this mark in its title, if the search knows it already."""
        query = urllib.parse.urlencode({"query": f'title:"{mark}"', "limit": 5})
        found = self._call("GET", f"/api/v1/tickets/search?{query}")
        rows = found if isinstance(found, list) else []
        return next((int(one["id"]) for one in rows if mark in str(one.get("title", ""))), None)

    def create(self, title: str, note: str, priority: str) -> int:
        told = {
            "title": title,
            "group": self._settings.group,
            "customer": self._settings.customer,
            "priority": priority,
            "article": _article(title, note),
        }
        return int(self._call("POST", "/api/v1/tickets", told)["id"])

    def update(self, ticket: int, article: Mapping[str, Any] | None, change: Mapping[str, str]) -> None:
        """A note in the ticket, and what changes with it (state, priority, title)."""
        told = change if article is None else {**change, "article": article}
        self._call("PUT", f"/api/v1/tickets/{ticket}", told)

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310
            self._settings.zammad_url + path,
            method=method,
            data=None if body is None else json.dumps(body, ensure_ascii=False).encode(),
            headers={
                "Authorization": f"Token token={self._settings.token}",
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=ZAMMAD_SECONDS) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise NotTaken(f"{method} {path.partition('?')[0]}: HTTP {error.code}") from error
        except (OSError, ValueError) as error:
            raise NotTaken(f"{method} {path.partition('?')[0]}: {type(error).__name__}") from error


def _article(subject: str, note: str) -> dict[str, Any]:
    return {
        "subject": subject,
        "body": note,
        "type": "note",
        "internal": True,
        "content_type": "text/plain",
    }


class Memory:
    """Which ticket is whose, and what was seen. One writer at a time: the bridge holds a lock."""

    def __init__(self, path: str) -> None:
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("CREATE TABLE IF NOT EXISTS events (event_id TEXT PRIMARY KEY, at REAL NOT NULL)")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS tickets ("
            "handoff_id TEXT PRIMARY KEY, ticket INTEGER, moved_at TEXT NOT NULL DEFAULT '')"
        )

    def has_seen(self, event_id: str) -> bool:
        return self._db.execute("SELECT 1 FROM events WHERE event_id = ?", (event_id,)).fetchone() is not None

    def note_seen(self, event_id: str) -> None:
        now = time.time()
        self._db.execute("INSERT OR IGNORE INTO events VALUES (?, ?)", (event_id, now))
        self._db.execute("DELETE FROM events WHERE at < ?", (now - KEPT,))

    def ticket(self, handoff_id: str) -> tuple[bool, int | None, str]:
        """(begun, the ticket, the time of the event that moved it last)."""
        query = "SELECT ticket, moved_at FROM tickets WHERE handoff_id = ?"
        row = self._db.execute(query, (handoff_id,)).fetchone()
        return (False, None, "") if row is None else (True, row[0], row[1])

    def begin(self, handoff_id: str) -> None:
        """Before Zammad is asked to create it: after a crash in between, the ticket is searched for and not made twice."""
        self._db.execute("INSERT OR IGNORE INTO tickets (handoff_id) VALUES (?)", (handoff_id,))

    def keep(self, handoff_id: str, ticket: int, moved_at: str = "") -> None:
        self._db.execute(
            "INSERT INTO tickets VALUES (?, ?, ?) ON CONFLICT (handoff_id) "
            "DO UPDATE SET ticket = excluded.ticket, moved_at = max(moved_at, excluded.moved_at)",
            (handoff_id, ticket, moved_at),
        )


class Bridge:
    """Turns one event into what Zammad is asked to do."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._zammad = Zammad(settings)
        self._memory = Memory(settings.database)
        self._lock = threading.Lock()

    def take(self, event: Mapping[str, Any]) -> None:
        """NotTaken when Zammad did not; whatever is no event of a handoff is passed over."""
        with self._lock:
            if self._memory.has_seen(event["event_id"]):
                return
            if event["event"].startswith("handoff.") and event["data"].get("handoff_id"):
                self._write(event)
            self._memory.note_seen(event["event_id"])

    def _write(self, event: Mapping[str, Any]) -> None:
        handoff_id, at = event["data"]["handoff_id"], event["at"]
        subject, change = self._told(event)
        ticket, made = self._ticket(event)
        if at < self._memory.ticket(handoff_id)[2]:
            change.pop("state", None)  # it comes late: what happened since stands
        if not made and change.get("priority") == NORMAL:
            del change["priority"]  # nothing makes a ticket less urgent
        article = None if made else _article(subject, self._note(event, subject))
        if article is not None or "state" in change:
            self._zammad.update(ticket, article, change)
        self._memory.keep(handoff_id, ticket, at if "state" in change else "")

    def _ticket(self, event: Mapping[str, Any]) -> tuple[int, bool]:
        """The ticket of the event's handoff, and whether it was made now. Any event may be the first to come."""
        handoff_id, data = event["data"]["handoff_id"], event["data"]
        begun, ticket, _ = self._memory.ticket(handoff_id)
        if ticket is None and data.get("replaces"):
            ticket = self._memory.ticket(data["replaces"])[1]  # the customer's ticket goes on
        if ticket is None and begun:
            ticket = self._zammad.find(handoff_id)
        if ticket is not None:
            self._memory.keep(handoff_id, ticket)
            return ticket, False
        self._memory.begin(handoff_id)
        subject, change = self._told(event)
        title = change.get("title") or f"安客转人工 {handoff_id}"
        made = self._zammad.create(title, self._note(event, subject), change.get("priority", NORMAL))
        self._memory.keep(handoff_id, made)
        return made, True

    def _told(self, event: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
        """One sentence for people, and what changes in the ticket."""
        data = event["data"]
        match event["event"]:
            case "handoff.created":
                level = LEVELS.get(data["level"] or "", "")
                order = f" 订单 {data['order_no']}" if data.get("order_no") else ""
                reason = REASONS.get(data["reason"], data["reason"])
                priority = HIGH if data["level"] == "III" else NORMAL
                title = f"安客转人工 {level} {reason}{order} {data['handoff_id']}"
                waits = "客户在排队" if data["state"] == "waiting" else "客户留了言"
                change = {"title": title, "priority": priority}
                return f"{waits}：{reason}，{level}，组 {data['group']}，类别 {data['category']}", change
            case "handoff.assigned":
                return f"{data['agent']} 接待", {"state": "open"}
            case "handoff.returned":
                reason = RETURNED.get(data["reason"], data["reason"])
                return f"回到队列（{reason}），组 {data['group']}", {"state": "open"}
            case "handoff.closed":
                how = CLOSED_BY.get(data["resolution"], data["resolution"])
                state = "open" if data["resolution"] == "follow_up" else "closed"
                return f"结束：{how}", {"state": state}
            case "handoff.breached":
                name = DEADLINES.get(data["deadline"], data["deadline"])
                return f"“{name}”超时，应在 {data['due_at']} 之前", {"priority": HIGH}
            case "handoff.rated":
                return f"客户评价 {data['score']} 分", {}
            case "handoff.unanswered":
                return f"接待后 {data['seconds']} 秒没有回复，已收回", {}
            case "handoff.nobody":
                return f"Ⅲ级客户，组 {data['group']} 没有人在线", {"priority": HIGH}
            case other:
                return other, {}

    def _note(self, event: Mapping[str, Any], sentence: str) -> str:
        conversation = urllib.parse.quote(event["conversation_id"] or "")
        return (
            f"{sentence}\n{event['at']}\n转人工 {event['data']['handoff_id']}\n"
            f"{self._settings.anke_url}/console#/talks/{conversation}"
        )


def is_from_anke(header: str, body: bytes, secret: str) -> bool:
    """docs/notifications.md, "Verify the sender"."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    at = parts.get("t", "")
    if not (at.isascii() and at.isdigit() and len(at) < 13) or abs(time.time() - int(at)) > OLDEST_SIGNATURE:
        return False
    wanted = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), parts.get("v1", "").encode())


class Handler(BaseHTTPRequestHandler):
    """POST: one signed event → 204 taken, 401 not signed, 400 unreadable, 503 try again."""

    server: "Server"
    timeout = 10

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit() and len(length) < 9) or int(length) > LARGEST_BODY:
            return self._answer(413)
        body = self.rfile.read(int(length))
        secret = self.server.settings.secret
        if not is_from_anke(self.headers.get("X-Anke-Signature", ""), body, secret):
            return self._answer(401)
        try:
            self.server.bridge.take(json.loads(body))
        except NotTaken as error:
            log.warning("not taken, it comes again: %s", error)
            return self._answer(503)
        except (ValueError, KeyError, TypeError, AttributeError):
            log.exception("an event that cannot be read")
            return self._answer(400)
        return self._answer(204)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.bridge = Bridge(settings)
        super().__init__((settings.host, settings.port), Handler)


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    settings = Settings.read(os.environ)
    server = Server(settings)
    log.info("listening on %s:%d for %s", settings.host, settings.port, settings.zammad_url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
