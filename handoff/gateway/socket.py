"""A customer's socket: the same messages and the same log as over HTTP, pushed (docs/protocol.md, "Customer socket")."""

import asyncio
from contextlib import suppress
from typing import Any

from sanic import Request, Websocket

from handoff.addresses import origin_is_welcome
from handoff.clock import rfc3339
from handoff.conversation import State
from handoff.edge.frames import GONE, HELLO_SECONDS, receive, refuse, send
from handoff.edge.messages import check_message
from handoff.edge.tokens import read_token
from handoff.errors import ApiError, invalid, unauthorized
from handoff.gateway.log_view import LogPage, read_page
from handoff.gateway.messages import accept
from handoff.gateway.reading import check_read, note_read
from handoff.hints import Subscription, conversation_topic
from handoff.openapi import described
from handoff.service import Service, service_of
from handoff.telemetry.metrics import SOCKETS

IDLE_SECONDS = 90
"""The widget pings every 25 s; a socket silent for longer is a closed laptop."""
TYPING_EVERY = 3.0
QUEUE_EVERY = 10.0


@described(
    "The same messages and the same log, pushed",
    answers={101: None},
    refuses=(400, 426),
    frames="customer-frames",
)
async def customer_socket(request: Request, ws: Websocket) -> None:
    """One connection, from hello to close."""
    service = service_of(request)
    if not origin_is_welcome(request, service.settings):
        await refuse(ws, "unauthorized", "这个网页没有接入客服的权限。")
        return
    SOCKETS.inc()
    try:
        hello = await _hello(service, ws)
        if hello is not None:
            await CustomerSession(service, ws, *hello).run()
    except GONE:
        pass
    finally:
        SOCKETS.dec()


async def _hello(service: Service, ws: Websocket) -> tuple[str, int] | None:
    """(conversation_id, cursor) of the first frame; None after a refusal."""
    frame = await receive(ws, HELLO_SECONDS)
    if not isinstance(frame, dict) or frame.get("type") != "hello":
        await refuse(ws, "invalid", "连接后请先发送 hello。")
        return None
    after = frame.get("after", 0)
    try:
        if not isinstance(frame.get("token"), str):
            raise unauthorized()
        conversation_id = read_token(service.settings.secret_key, frame["token"])
        if isinstance(after, bool) or not isinstance(after, int) or after < 0:
            raise invalid("after 必须是非负整数。")
        await read_page(service, conversation_id, after)
    except ApiError as error:
        code = {401: "unauthorized", 404: "unauthorized", 409: "reload"}.get(error.status, "invalid")
        await refuse(ws, code, error.message)
        return None
    return conversation_id, after


class CustomerSession:
    """One task reads frames, one pushes what is new; whichever ends first ends the session."""

    def __init__(self, service: Service, ws: Websocket, conversation_id: str, after: int) -> None:
        self._service = service
        self._ws = ws
        self._id = conversation_id
        self._cursor = after
        self._topic = conversation_topic(conversation_id)
        self._typed_at = -TYPING_EVERY
        self._bot_typing = False
        self._state: State | None = None
        self._queue: dict[str, Any] | None = None

    async def run(self) -> None:
        with self._service.hints.watch(self._topic) as subscription:
            page = await read_page(self._service, self._id, self._cursor)
            conversation = page.conversation
            self._state = conversation.state
            await self._send(
                {
                    "type": "welcome",
                    "conversation_id": self._id,
                    "state": conversation.state.value,
                    "last_seq": conversation.last_seq,
                    "episode": conversation.episode,
                    "time_zone": self._service.settings.store_tz,
                    "now": rfc3339(self._service.clock()),
                }
            )
            tasks = {
                asyncio.create_task(self._read_frames(subscription)),
                asyncio.create_task(self._push(subscription)),
            }
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            for task in done:
                if (error := task.exception()) is not None:
                    raise error
        with suppress(*GONE):
            await self._ws.close()

    async def _push(self, subscription: Subscription) -> None:
        while True:
            try:
                while await self._push_page():
                    pass
            except ApiError as error:
                if error.status == 409:
                    await refuse(self._ws, "reload", error.message)
                    return
                await asyncio.sleep(1.0)  # a busy database: the same cursor is read again
                continue
            while subscription.news:
                await self._pass_on(subscription.news.popleft())
            waiting = self._state is State.WAITING
            await subscription.wait(QUEUE_EVERY if waiting else None)

    async def _push_page(self) -> bool:
        """Sends what is after the cursor; True when there may be more."""
        page = await read_page(self._service, self._id, self._cursor)
        conversation = page.conversation
        if page.items or conversation.state is not self._state:
            if self._bot_typing and not page.bot_works:
                await self._typing_bot(on=False)
            await self._send(
                {
                    "type": "items",
                    "items": page.items,
                    "last_seq": conversation.last_seq,
                    "state": conversation.state.value,
                }
            )
            self._state = conversation.state
            if page.items:
                self._cursor = page.items[-1]["seq"]
        if page.bot_works != self._bot_typing:
            await self._typing_bot(on=page.bot_works)
        await self._push_queue(page)
        return self._cursor < conversation.last_seq

    async def _push_queue(self, page: LogPage) -> None:
        if page.queue is not None and page.queue != self._queue:
            await self._send({"type": "queue", **page.queue})
        self._queue = page.queue

    async def _typing_bot(self, *, on: bool) -> None:
        self._bot_typing = on
        await self._send({"type": "typing", "who": "bot", "on": on})

    async def _pass_on(self, news: dict[str, Any]) -> None:
        if news.get("type") == "typing" and news.get("who") == "agent":
            await self._send({"type": "typing", "who": "agent", "on": bool(news.get("on", True))})

    async def _read_frames(self, subscription: Subscription) -> None:
        while True:
            frame = await receive(self._ws, IDLE_SECONDS)
            match frame.get("type") if isinstance(frame, dict) else None:
                case "send":
                    await self._accept(frame)
                case "ping":
                    await self._send({"type": "pong"})
                    subscription.wake()  # a client that is unsure gets the log read again
                case "typing":
                    self._typing_customer()
                case "read":
                    await self._read(frame)
                case None if frame is None:
                    return
                case _:
                    await self._send({"type": "error", "code": "invalid", "message": "不认识的消息格式。"})
                    return

    async def _accept(self, frame: dict[str, Any]) -> None:
        told = frame.get("client_msg_id")
        client_msg_id = told if isinstance(told, str) else None
        try:
            accepted = await accept(self._service, self._id, check_message(frame))
        except ApiError as error:
            nack: dict[str, Any] = {
                "type": "nack",
                "client_msg_id": client_msg_id,
                "code": error.code,
                "message": error.message,
            }
            if error.retry_after is not None:
                nack["retry_after"] = error.retry_after
            await self._send(nack)
            return
        await self._send({"type": "ack", "client_msg_id": client_msg_id, "seq": accepted.seq})

    async def _read(self, frame: dict[str, Any]) -> None:
        """Not a promise: what cannot be kept now is told again with the next message."""
        with suppress(ApiError):
            await note_read(self._service, self._id, check_read(frame))

    def _typing_customer(self) -> None:
        now = self._service.hints.time()
        if now - self._typed_at >= TYPING_EVERY:
            self._typed_at = now
            self._service.hints.publish(
                self._topic,
                news={"type": "typing", "who": "customer", "conversation_id": self._id, "on": True},
            )

    async def _send(self, frame: dict[str, Any]) -> None:
        await send(self._ws, frame)
