"""A connection of the service: admitted or not, and given a time by which a head and a body must have arrived in all.

Sanic counts its time limits from the last byte, so that a byte now and then keeps a connection for ever (slowloris).
"""

from time import monotonic
from typing import Any

from sanic import Request
from sanic.exceptions import RequestTimeout
from sanic.server.protocols.websocket_protocol import WebSocketProtocol

from handoff.transport.http1 import BoundedHttp
from handoff.transport.limiter import ConnectionLimiter

STALL_SECONDS = 60.0
"""A body of which nothing came for so long does not come any more."""


class BoundedProtocol(WebSocketProtocol):
    """Sanic's protocol with `app.ctx.limiter`, `app.ctx.head_seconds` and `app.ctx.body_seconds` observed."""

    HTTP_CLASS = BoundedHttp
    __slots__ = ("_limiter", "_read_by", "_waits")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._limiter: ConnectionLimiter = self.app.ctx.limiter
        self._read_by: float | None = None
        """When what is arriving must be complete, on the monotonic clock; None: nothing is."""
        self._waits = False

    def connection_made(self, transport: Any) -> None:
        peer = transport.get_extra_info("peername")
        if not self._limiter.admit(self, peer[0] if peer else ""):
            transport.abort()
            return
        self._waits = True
        self._read_by = monotonic() + self.app.ctx.head_seconds
        super().connection_made(transport)  # type: ignore[no-untyped-call]

    def connection_lost(self, exc: Exception | None) -> None:
        self._limiter.gone(self)
        if self.transport is not None:  # None: it was not admitted, nothing was begun
            super().connection_lost(exc)  # type: ignore[no-untyped-call]

    def data_received(self, data: bytes) -> None:
        if self._waits and self._read_by is None:
            self._read_by = monotonic() + self.app.ctx.head_seconds
        super().data_received(data)  # type: ignore[no-untyped-call]

    def drop(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    def waits_for_request(self, begun: bool) -> None:
        """Before a request, of which something has `begun` to arrive. The first one's time runs from the connect."""
        if not self._waits:
            self._waits = True
            self._read_by = monotonic() + self.app.ctx.head_seconds if begun else None
            self._limiter.waits(self)

    def has_head(self) -> None:
        """The head is here; its body, if any, gets a time of its own."""
        self._waits = False
        self._limiter.works(self)
        self._read_by = monotonic() + self.app.ctx.body_seconds

    def take_body_within(self, seconds: float) -> None:
        """A route that expects a large body gives it more time, from now."""
        self._read_by = monotonic() + seconds

    def check_timeouts(self) -> None:
        """Ends what is late; everything else is Sanic's own check, which calls this again."""
        if self._task is not None and self._is_late(monotonic()):
            self._http.exception = RequestTimeout("Request Timeout")
            self._task.cancel()
            return
        super().check_timeouts()  # type: ignore[no-untyped-call]

    def _is_late(self, now: float) -> bool:
        if self._read_by is None or self.websocket is not None:
            return False
        if self._waits:
            return now > self._read_by
        return bool(self._http.request_body) and now > min(self._read_by, self._time + STALL_SECONDS)


def give_upload_time(request: Request, seconds: float) -> None:
    """The body of this request may take so long in all: a video comes slowly from a phone."""
    protocol: BoundedProtocol = request.stream.protocol  # type: ignore[union-attr,assignment]
    protocol.take_body_within(seconds)
