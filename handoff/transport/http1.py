"""One request of a connection, read strictly and held to a size before anything of its body is kept.

Sanic has one size for all requests, large enough for a video, and joins the body in memory before a handler runs; here a
request starts small, and only a route that streams (uploads, counted as they arrive) may take more. Sanic itself lifts
`request_max_size` for such a route, and drains what an answered request still sends.
"""

from typing import Any

from sanic.exceptions import BadRequest, RequestCancelled, RequestTimeout, ServiceUnavailable
from sanic.http import Http

from handoff.transport.head import is_strict_head, strict_int

LARGEST_BODY = 256 * 1024
"""Bytes of a body that is no upload: a text of 4000 characters has 24 KB as escaped JSON."""


class BoundedHttp(Http):
    """Sanic's HTTP/1 with the limits above; `protocol` is a BoundedProtocol."""

    protocol: Any

    def init_for_request(self) -> None:
        super().init_for_request()  # type: ignore[no-untyped-call]
        self.request_max_size = LARGEST_BODY
        self.protocol.waits_for_request(bool(self.recv_buffer))

    async def http1_request_header(self) -> None:
        await super().http1_request_header()  # type: ignore[no-untyped-call]
        if not is_strict_head(self.request.head):
            self.request_body = None  # how long it is, is what cannot be said
            raise BadRequest("ambiguous head")
        self.protocol.has_head()

    async def error_response(self, exception: Exception) -> None:
        await super().error_response(exception)
        if isinstance(exception, RequestTimeout | RequestCancelled | ServiceUnavailable):
            self.request_body = None  # the time for it is over: nothing more is read

    @staticmethod
    def _safe_int(value: str, base: int = 10) -> int:
        return strict_int(value, base)
