"""Tables as CSV that a spreadsheet opens: UTF-8 with its mark, and no cell that it would take for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from sanic import HTTPResponse

from handoff.openapi import Media

CSV = Media("text/csv", {"type": "string"})

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet reads as the beginning of a formula, also behind blanks and a quote (OWASP, CSV injection)."""


def cell(value: Any) -> str:
    """The value as it stands in a table; text that could be a formula gets an apostrophe before it. Numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text.lstrip(" \u3000\ufeff").startswith(_FORMULA) else text


def csv_text(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([cell(one) for one in head])
    writer.writerows([cell(one) for one in row] for row in rows)
    return "\ufeff" + out.getvalue()


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HTTPResponse:
    """A download; `name` is ASCII."""
    return HTTPResponse(
        csv_text(head, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
