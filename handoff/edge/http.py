"""Reading what an HTTP request says: its JSON body, and where in the log the caller stands."""

import re
from typing import Any

from sanic import Request

from handoff.edge.text import whole_number
from handoff.errors import invalid, reload_needed
from handoff.openapi import query

LONGEST_WAIT = 25.0
"""Seconds that a request for the log may wait for news, whatever it asks for."""
_LARGEST_SEQ = 2_000_000_000
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")
LOG_CURSOR = (
    query("after", "the last seq that the caller has", type="integer", minimum=0),
    query("wait", "seconds to wait for news, at most 25", type="number", minimum=0, exclusiveMaximum=3600),
)


def json_body(request: Request) -> Any:
    """The body as JSON; ApiError 422 when it is not."""
    try:
        return request.json
    except Exception as error:
        raise invalid("请求内容不是有效的 JSON。") from error


def arguments(request: Request) -> dict[str, str]:
    """The parameters of the address, of a repeated one the first; those with nothing behind `=` too: `?order_no=` asks for nobody's
    order, not for all."""
    told = request.get_args(keep_blank_values=True)
    return {name: str(values[0]) for name, values in told.items() if values}


def log_cursor(request: Request) -> tuple[int, float]:
    """`after` and `wait` (seconds, at most LONGEST_WAIT); ApiError 422, or 409 `reload` for a number no log can have."""
    told = arguments(request)
    seq, wait = whole_number(told.get("after", "0")), told.get("wait", "0")
    if seq is None or not _SECONDS.fullmatch(wait) or float(wait) >= 3600:
        raise invalid("after 和 wait 必须是数字，不能是负数。")
    if seq > _LARGEST_SEQ:
        raise reload_needed()
    return seq, min(float(wait), LONGEST_WAIT)
