"""Reading what an HTTP request says: its JSON body, and where in the log the caller stands."""

from typing import Any

from sanic import Request

from handoff.errors import invalid, reload_needed

LONGEST_WAIT = 25.0
"""Seconds that a request for the log may wait for news, whatever it asks for."""
_LARGEST_SEQ = 2_000_000_000


def json_body(request: Request) -> Any:
    """The body as JSON; ApiError 422 when it is not."""
    try:
        return request.json
    except Exception as error:
        raise invalid("请求内容不是有效的 JSON。") from error


def log_cursor(request: Request) -> tuple[int, float]:
    """`after` and `wait` (seconds, at most LONGEST_WAIT); ApiError 422, or 409 `reload` for a number no log can have."""
    after, wait = request.args.get("after", "0"), request.args.get("wait", "0")
    try:
        seq, seconds = int(after), float(wait)
    except ValueError as error:
        raise invalid("after 和 wait 必须是数字。") from error
    if seq < 0 or not 0 <= seconds < 3600:
        raise invalid("after 和 wait 不能是负数。")
    if seq > _LARGEST_SEQ:
        raise reload_needed()
    return seq, min(seconds, LONGEST_WAIT)
