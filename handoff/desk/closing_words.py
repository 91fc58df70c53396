"""What was written at the end of a person's part (服务小结 and the note), as a search reads it: out of a note of the conversation or
a row of the case's timeline, masked like every text."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, or_

from aftersales.masking import mask_text

_SUMMARY = ("demand", "solution", "follow_up")
_WIDE = 40


def ending_says(body: ColumnElement[Any], query: str) -> ColumnElement[bool]:
    """`body`: the JSON column of the note or row."""
    texts = [body["note"], *(body["summary"][one] for one in _SUMMARY)]
    return or_(*(func.coalesce(one.as_string(), "").icontains(query, autoescape=True) for one in texts))


def ending_text(body: Mapping[str, Any], query: str) -> str:
    """The part of it with these words; "" when none has them."""
    summary = body.get("summary") or {}
    texts = [body.get("note"), *(summary.get(one) for one in _SUMMARY)]
    fits = (one for one in texts if isinstance(one, str) and query.lower() in one.lower())
    return around(mask_text(next(fits, "")), query)


def around(text: str, query: str) -> str:
    """The text near the words; of a long one the rest is left out."""
    at = max(0, text.lower().find(query.lower()))
    start = max(0, at - _WIDE // 2)
    return ("…" if start else "") + text[start : at + len(query) + _WIDE]
