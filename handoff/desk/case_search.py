"""Finding a case by what one knows of it: its number, the order, the end of the phone number, the name, what it is about, and what was
written when somebody's part in it ended. Cases that never had a conversation (calls, mail) are found by nothing else."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select

from aftersales.masking import mask_text
from handoff.cases.tags import case_carries
from handoff.desk.closing_words import around, ending_says, ending_text
from handoff.desk.tags import check_tag
from handoff.edge.text import clean_line
from handoff.errors import invalid
from handoff.records import Reader
from handoff.records.case_tables import case_entries, cases

SHORTEST, LONGEST = 2, 100
_PHONE_TAIL = re.compile(r"\d{4,11}")
_ENDINGS = ("move", "resolution")
"""Rows of the timeline that tell how a person's part ended."""


def check_query(value: Any) -> str:
    """ApiError 422 for what nothing could be found by."""
    query = clean_line(value) if isinstance(value, str) else ""
    if not SHORTEST <= len(query) <= LONGEST:
        raise invalid(
            f"请输入 {SHORTEST} 到 {LONGEST} 个字：说过的话、服务小结、订单号、姓名、手机尾号，或 #标签。"
        )
    return query


def ways_to_case(query: str) -> dict[str, ColumnElement[bool]]:
    """By what a case can fit, the surest first; with a # before it nothing but its tag."""
    if query.startswith(("#", "＃")):
        return {"tag": case_carries(check_tag(query))}
    ways: dict[str, ColumnElement[bool]] = {
        "case": cases.c.case_no == query.upper(),
        "order": func.coalesce(cases.c.order_no == query, False),
    }
    if _PHONE_TAIL.fullmatch(query):
        numbers = (_customer(name) for name in ("phone", "contact", "from"))
        ways["phone"] = or_(*(number.like(f"%{query}") for number in numbers))
    ways["name"] = _customer("name").contains(query, autoescape=True)
    ways["summary"] = exists().where(case_entries.c.case_no == cases.c.case_no, *_ended_with(query))
    ways["words"] = or_(
        *(
            func.coalesce(column, "").icontains(query, autoescape=True)
            for column in (cases.c.description, cases.c.demand, cases.c.item)
        )
    )
    return ways


def fits_case(query: str) -> ColumnElement[bool]:
    """Whichever way it fits."""
    return or_(*ways_to_case(query).values())


async def found_by(reader: Reader, case_nos: Sequence[str], query: str) -> dict[str, dict[str, Any]]:
    """How each of these fits: `by`, and for words the text that has them, masked."""
    ways = ways_to_case(query)
    columns = [way.label(f"by_{name}") for name, way in ways.items()]
    about = (cases.c.description, cases.c.demand, cases.c.item)
    statement = select(cases.c.case_no, *about, *columns).where(cases.c.case_no.in_(case_nos))
    told: dict[str, dict[str, Any]] = {}
    for row in await reader.execute(statement):
        by = next((name for name in ways if getattr(row, f"by_{name}")), None)
        if by is None:
            continue
        told[row.case_no] = {"by": by}
        if by == "words":
            texts = (row.description, row.demand, row.item)
            fits = next((one for one in texts if one and query.lower() in one.lower()), "")
            told[row.case_no]["text"] = around(mask_text(fits), query)
    ended = [one for one, how in told.items() if how["by"] == "summary"]
    rows = (
        select(case_entries.c.case_no, case_entries.c.body)
        .where(case_entries.c.case_no.in_(ended), *_ended_with(query))
        .order_by(case_entries.c.n)
    )
    for row in await reader.execute(rows):
        told[row.case_no]["text"] = ending_text(row.body, query)
    return told


def _customer(name: str) -> ColumnElement[Any]:
    return func.coalesce(cases.c.customer[name].as_string(), "")


def _ended_with(query: str) -> tuple[ColumnElement[bool], ...]:
    return case_entries.c.kind.in_(_ENDINGS), ending_says(case_entries.c.body, query)
