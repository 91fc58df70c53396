"""An agent's socket: the live queue and the watched conversations, pushed (docs/protocol.md, "Agent socket").

The connection is the agent's presence: as long as the browser answers pings, their conversations stay theirs (promise 9).
"""

import asyncio
from contextlib import suppress
from typing import Any

from sanic import Request, Websocket

from handoff.addresses import is_own_origin
from handoff.auth.guard import forbidden, reader_of_conversations
from handoff.auth.roles import Agent
from handoff.auth.sessions import COOKIE, Session, do_note_presence, find_session
from handoff.desk.access import check_epoch, readable
from handoff.desk.messages import check_agent_message, do_send_message
from handoff.desk.views import agent_page, desk_now
from handoff.edge.frames import GONE, HELLO_SECONDS, receive, refuse, send
from handoff.errors import ApiError, invalid, too_many
from handoff.hints import QUEUE, Subscription, conversation_topic
from handoff.openapi import described
from handoff.service import Service, service_of
from handoff.telemetry.metrics import SOCKETS

PRESENCE_EVERY = 10.0
PONG_SECONDS = 8.0
QUEUE_PAUSE = 0.25
"""A busy queue changes with every message; a console that shows it four times a second is live enough."""
WALL_PAUSE = 1.5
WALL_EVERY = 5.0
"""The wall is read again when the queue changes, at most this often, and at least that often: people go and come in silence."""
MOST_WATCHED = 30
ENDED = "登录已失效，请重新登录，没有发出的内容会保留。"


@described(
    "Queue and conversations, pushed",
    answers={101: None},
    refuses=(400, 426),
    security=("session",),
    frames="agent-frames",
)
async def agent_socket(request: Request, ws: Websocket) -> None:
    """One connection, from hello to close. Needs the session cookie and an Origin of our own, or none (a program)."""
    service = service_of(request)
    origin = request.headers.get("origin")
    async with service.records.read() as reader:
        session = await find_session(reader, request.cookies.get(COOKIE))
    if session is None or (origin is not None and not is_own_origin(request, origin)):
        await refuse(ws, "unauthorized", "登录已失效，请重新登录。")
        return
    if not any(session.agent.may(right) for right in reader_of_conversations.rights):
        await refuse(ws, "unauthorized", "您的账号没有这项权限。")
        return
    frame = await receive(ws, HELLO_SECONDS)
    if not isinstance(frame, dict) or frame.get("type") != "hello":
        await refuse(ws, "invalid", "连接后请先发送 hello。")
        return
    SOCKETS.inc()
    try:
        with service.live_sessions.watched(session.id) as ended:
            await AgentConnection(service, ws, session, request.cookies.get(COOKIE) or "", ended).run()
    except GONE:
        pass
    finally:
        SOCKETS.dec()


class AgentConnection:
    """A reader, a queue follower, a presence beat and one follower per watched conversation; one lock orders the frames."""

    def __init__(
        self, service: Service, ws: Websocket, session: Session, cookie: str, ended: asyncio.Event
    ) -> None:
        self._service = service
        self._ws = ws
        self._session = session
        self._cookie = cookie
        self._ended = ended
        self._followers: dict[str, asyncio.Task[None]] = {}
        self._queue_seen: dict[str, Any] | None = None
        self._wall: asyncio.Task[None] | None = None
        self._looks_at: str | None = None
        self._heard_at = service.hints.time()

    @property
    def _agent(self) -> Agent:
        return self._session.agent

    async def run(self) -> None:
        """Until the connection or the session ends."""
        await do_note_presence(self._service.records, self._session)
        await self._send({"type": "welcome", "agent": self._agent.public()})
        tasks = {
            asyncio.create_task(self._read_frames()),
            asyncio.create_task(self._follow_queue()),
            asyncio.create_task(self._stay_present()),
            asyncio.create_task(self._close_when_ended()),
        }
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            every = [*tasks, *self._followers.values(), *([self._wall] if self._wall else [])]
            self._tell_present("gone")
            for task in every:
                task.cancel()
            await asyncio.gather(*every, return_exceptions=True)
            if self._service.hints.time() - self._heard_at < PRESENCE_EVERY + PONG_SECONDS:
                with suppress(ApiError):  # the minute of promise 9 begins when the connection ends
                    await do_note_presence(self._service.records, self._session, always=True)
        for task in done:
            if (error := task.exception()) is not None:
                raise error
        with suppress(*GONE):
            await self._ws.close()

    # -- from the console -----------------------------------------------------------------------------------------
    async def _read_frames(self) -> None:
        while True:
            frame = await receive(self._ws, None)
            if frame is None:
                return
            self._heard_at = self._service.hints.time()
            kind = frame.get("type") if isinstance(frame, dict) else None
            try:
                match kind:
                    case "watch":
                        await self._watch(frame)
                    case "unwatch":
                        self._unwatch(frame.get("conversation_id"))
                    case "send":
                        await self._speak(frame)
                    case "typing":
                        await self._typing(frame)
                    case "look":
                        await self._look(frame.get("conversation_id"))
                    case "wall":
                        self._look_at_wall(frame.get("on"))
                    case "ping":
                        await self._send({"type": "pong"})
                    case "hello":
                        continue
                    case _:
                        raise invalid("不认识的消息格式。")
            except ApiError as error:
                await self._say_error(error)

    async def _watch(self, frame: dict[str, Any]) -> None:
        conversation_id, after = frame.get("conversation_id"), frame.get("after", 0)
        if (
            not isinstance(conversation_id, str)
            or isinstance(after, bool)
            or not isinstance(after, int)
            or after < 0
        ):
            raise invalid("watch 需要 conversation_id 和非负的 after。")
        self._unwatch(conversation_id)
        if len(self._followers) >= MOST_WATCHED:
            raise too_many(5)
        self._followers[conversation_id] = asyncio.create_task(self._follow(conversation_id, after))

    def _unwatch(self, conversation_id: Any) -> None:
        task = self._followers.pop(conversation_id, None) if isinstance(conversation_id, str) else None
        if task is not None:
            task.cancel()

    def _look_at_wall(self, on: Any) -> None:
        """The live wall is on this console's screen, or no more; whoever may not oversee gets an error."""
        if self._wall is not None:
            self._wall.cancel()
            self._wall = None
        if on is not True:
            return
        if not self._agent.may("oversee"):
            raise forbidden()
        self._wall = asyncio.create_task(self._follow_wall())

    async def _speak(self, frame: dict[str, Any]) -> None:
        conversation_id, told = frame.get("conversation_id"), frame.get("client_msg_id")
        answer: dict[str, Any] = {"conversation_id": conversation_id, "client_msg_id": told}
        try:
            if not isinstance(conversation_id, str):
                raise invalid("send 需要 conversation_id。")
            await self._check_alive()
            accepted = await do_send_message(
                self._service, self._agent, conversation_id, check_epoch(frame), check_agent_message(frame)
            )
        except ApiError as error:
            answer |= {"type": "nack", "code": error.code, "message": error.message}
            if error.retry_after is not None:
                answer["retry_after"] = error.retry_after
            await self._send(answer)
            return
        await self._send({"type": "ack", **answer, "seq": accepted.seq})

    async def _typing(self, frame: dict[str, Any]) -> None:
        """Colleagues who look see it; the customer only that whoever has the conversation writes to them. Not a promise, so never
        an error."""
        conversation_id = frame.get("conversation_id")
        if not isinstance(conversation_id, str):
            return
        async with self._service.records.read() as reader:
            conversation = await readable(reader, self._agent, conversation_id)
        if conversation_id == self._looks_at:
            self._tell_present("types")
        if conversation.owner == self._agent.id and frame.get("note") is not True:
            news = {"type": "typing", "who": "agent", "conversation_id": conversation_id, "on": True}
            self._service.hints.publish(conversation_topic(conversation_id), news=news)

    async def _look(self, conversation_id: Any) -> None:
        """Which conversation is on this person's screen, if any: whoever else looks at it is told, and tells in turn."""
        if conversation_id == self._looks_at:
            return
        self._tell_present("gone")
        self._looks_at = None
        if conversation_id is None:
            return
        if not isinstance(conversation_id, str):
            raise invalid("look 需要 conversation_id。")
        async with self._service.records.read() as reader:
            await readable(reader, self._agent, conversation_id)
        self._looks_at = conversation_id
        self._tell_present("looks", ask=True)

    def _tell_present(self, doing: str, *, ask: bool = False) -> None:
        """`ask`: others who look say so at once; else everybody does every ten seconds, and who does not is forgotten."""
        if self._looks_at is None:
            return
        who = {"agent": self._agent.id, "name": self._agent.name, "doing": doing}
        news = {"type": "present", "conversation_id": self._looks_at, **who, "ask": ask}
        self._service.hints.publish(conversation_topic(self._looks_at), news=news)

    # -- to the console -------------------------------------------------------------------------------------------
    async def _follow_queue(self) -> None:
        with self._service.hints.watch(QUEUE) as subscription:
            while True:
                try:
                    await self._push_queue()
                except ApiError:
                    await asyncio.sleep(1.0)  # a busy database: read again
                    continue
                await asyncio.sleep(QUEUE_PAUSE)
                await subscription.wait(None)

    async def _push_queue(self) -> None:
        async with self._service.records.read() as reader:
            seen = await desk_now(reader, self._agent)
        if seen != self._queue_seen:
            self._queue_seen = seen
            await self._send({"type": "queue", **seen})

    async def _follow_wall(self) -> None:
        with self._service.hints.watch(QUEUE) as subscription:
            while self._agent.may("oversee"):
                with suppress(ApiError):  # a busy database: read again
                    await self._send({"type": "wall", **await self._service.wall.read()})
                await asyncio.sleep(WALL_PAUSE)
                await subscription.wait(WALL_EVERY - WALL_PAUSE)

    async def _follow(self, conversation_id: str, after: int) -> None:
        """Push items, annotations and changes of state or owner of one conversation."""
        follower = _Follower(conversation_id, after)
        with self._service.hints.watch(conversation_topic(conversation_id)) as subscription:
            while True:
                try:
                    while await self._push_page(follower):
                        pass
                except ApiError as error:
                    if error.status != 503:
                        await self._say_error(error, conversation_id)
                        self._followers.pop(conversation_id, None)
                        return
                    await asyncio.sleep(1.0)
                    continue
                await self._pass_on(subscription, conversation_id)
                await subscription.wait(None)

    async def _push_page(self, follower: "_Follower") -> bool:
        """Send what is new since the last push; True when there may be more."""
        secret = self._service.settings.secret_key
        async with self._service.records.read() as reader:
            page = await agent_page(reader, self._agent, follower.conversation_id, follower.after, secret)
        frame = page.public()
        fresh = [note for note in page.annotations if note["id"] not in follower.notes]
        status = (
            frame["state"],
            frame["owner"],
            frame["epoch"],
            tuple(frame["tags"]),
            frame["customer_read"],
        )
        if page.items or fresh or status != follower.status:
            await self._send(
                {"type": "items", "conversation_id": follower.conversation_id, **frame, "annotations": fresh}
            )
        follower.status = status
        follower.notes |= {note["id"] for note in fresh}
        if page.items:
            follower.after = page.items[-1]["seq"]
        return bool(follower.after < page.conversation.last_seq)

    async def _pass_on(self, subscription: Subscription, conversation_id: str) -> None:
        while subscription.news:
            news = subscription.news.popleft()
            if news.get("type") == "present" and news.get("agent") != self._agent.id:
                told = {name: news[name] for name in ("type", "conversation_id", "agent", "name", "doing")}
                await self._send(told)
                if news.get("ask") and self._looks_at == conversation_id:
                    self._tell_present("looks")
            if news.get("type") == "typing" and news.get("who") == "customer":
                await self._send(
                    {"type": "typing", "conversation_id": conversation_id, "on": bool(news.get("on"))}
                )

    # -- presence -------------------------------------------------------------------------------------------------
    async def _stay_present(self) -> None:
        """Every ten seconds (more often if the policy is less patient): does the browser still answer, does the
        session still live?"""
        patience = self._service.policy.limits.waiting.owner_gone_seconds
        while True:
            await asyncio.sleep(min(PRESENCE_EVERY, patience / 6))
            pong = await self._ws.ping()
            try:
                await asyncio.wait_for(pong, PONG_SECONDS)
            except TimeoutError:
                continue  # a sleeping laptop: not present, and the socket's own timeout ends it
            self._heard_at = self._service.hints.time()
            self._tell_present("looks")
            try:
                await self._check_alive(present=True)
            except ApiError as error:
                if error.status == 503:
                    continue
                await refuse(self._ws, "unauthorized", error.message)
                return

    async def _close_when_ended(self) -> None:
        """Disabled, logged out elsewhere, a shift over: said, and closed."""
        await self._ended.wait()
        await refuse(self._ws, "unauthorized", ENDED)

    async def _check_alive(self, *, present: bool = False) -> None:
        """The session as it is now, 401 when it has ended; and the person is here."""
        async with self._service.records.read() as reader:
            session = await find_session(reader, self._cookie)
        if session is None:
            raise ApiError(401, "unauthorized", ENDED)
        self._session = session
        await do_note_presence(self._service.records, session, always=present)

    async def _say_error(self, error: ApiError, conversation_id: str | None = None) -> None:
        frame = {"type": "error", "code": error.code, "message": error.message}
        if conversation_id is not None:
            frame["conversation_id"] = conversation_id
        await self._send(frame)

    async def _send(self, frame: dict[str, Any]) -> None:
        await send(self._ws, frame)


class _Follower:
    """Where the console stands in one conversation."""

    def __init__(self, conversation_id: str, after: int) -> None:
        self.conversation_id = conversation_id
        self.after = after
        self.notes: set[str] = set()
        self.status: tuple[Any, ...] | None = None
