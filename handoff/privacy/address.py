"""The address of an export: whoever has it may fetch the file until it is over, so it is told in the conversation only."""

import hashlib
import hmac
from datetime import datetime

from handoff.edge.text import whole_number
from handoff.errors import not_found

_PURPOSE = b"anke-export-1|"
_GONE = "没有这份文件，或者下载期限已过。"


def export_address(secret: str, request_no: str, until: datetime) -> str:
    """`/api/v1/privacy/PD…?until=…&s=…`."""
    end = int(until.timestamp())
    return f"/api/v1/privacy/{request_no}?until={end}&s={_mac(secret, request_no, end)}"


def check_export_address(secret: str, request_no: str, until: str, given: str, now: datetime) -> None:
    """ApiError 404 for an address that we did not give, or that is over."""
    end = whole_number(until) or 0
    wanted = _mac(secret, request_no, end)
    if end <= now.timestamp() or not hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace")):
        raise not_found(_GONE)


def _mac(secret: str, request_no: str, end: int) -> str:
    told = _PURPOSE + f"{request_no}|{end}".encode("utf-8", "replace")
    return hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()
