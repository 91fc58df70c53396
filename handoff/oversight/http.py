"""The supervisor's pages over HTTP: thin handlers."""

from typing import Any

from sanic import HTTPResponse, Request
from sanic.response import json

from handoff.auth.guard import session_of
from handoff.day_counts import DIMENSIONS
from handoff.desk.views import NAMELESS
from handoff.edge.http import arguments
from handoff.errors import invalid
from handoff.openapi import Parameter, described, query
from handoff.oversight.found import ALL_FIGURES, Asked, check_days, found_behind, span_of_days
from handoff.oversight.table import CSV, csv_file
from handoff.records.audit import note_audit
from handoff.service import service_of

LONGEST_KEY = 80
COLUMNS = {
    "conversations": "会话",
    "without_person_share": "机器人独立接待占比",
    "handoffs": "转人工",
    "abandoned": "排队中离开",
    "taken_back": "没回被收回",
    "first_response_seconds": "首次响应中位数（秒）",
    "answered_within_1h_share": "1 小时内响应占比",
    "resolution_seconds": "处理时长中位数（秒）",
    "solved_within_24h_share": "24 小时内解决占比",
    "satisfaction": "满意度",
    "ratings": "评价数",
    "repeat_contacts": "重复来访",
    "breaches": "超时",
}
"""The columns of a table of figures, in the order of the page."""


def day_parameters(first: str) -> tuple[Parameter, Parameter]:
    """The two days of a span; `first` says what it is when nobody tells."""
    one: dict[str, Any] = {"format": "date", "pattern": "^20[0-9]{2}-[0-9]{2}-[0-9]{2}$"}
    return query("from", f"the first day at the store, {first}", **one), query(
        "to", "the last; the first", **one
    )


def code_parameter(name: str, about: str) -> Parameter:
    """A code that code_of reads."""
    return query(name, about, pattern=f"^[ -~]{{1,{LONGEST_KEY}}}$")


DAYS = day_parameters("today unless said otherwise")
PARTS = (
    query("by", "with parts by this", enum=list(DIMENSIONS)),
    code_parameter("key", "one part of `by` alone"),
)
BEHIND = (
    query("figure", "what is counted", needed=True, enum=list(ALL_FIGURES)),
    code_parameter("group", "a group's code, or none"),
    code_parameter("agent", "an agent's id, or none"),
    code_parameter("category", "a code of data/categories.yml, or none"),
    code_parameter("value", "a reason of handoffs, a missed deadline, a score"),
)


@described("The live wall: queues, people, today", answers={200: "agent-http#wall"})
async def get_wall(request: Request) -> HTTPResponse:
    return json(await service_of(request).wall.read())


@described("The store's figures day by day", answers={200: "agent-http#figures"}, parameters=(*DAYS, *PARTS))
async def get_figures(request: Request) -> HTTPResponse:
    return json(await _figures(request))


@described(
    "The same as a table, audited",
    answers={200: CSV},
    parameters=(*DAYS, *PARTS, query("rows", "the days unless said otherwise", enum=["days", "parts"])),
)
async def get_figures_csv(request: Request) -> HTTPResponse:
    """The days, or with `rows=parts` the parts of `by`, as a table."""
    told = await _figures(request)
    rows_of = arguments(request).get("rows", "days")
    if rows_of not in ("days", "parts"):
        raise invalid("rows 只能是 days 或 parts。")
    parts = rows_of == "parts"
    if parts and told["by"] is None:
        raise invalid("请选择按什么分。")
    await _audit(request, "figures_exported", first=told["from"], last=told["to"], by=told["by"])
    rows = told["parts"] if parts else told["days"]
    first = "name" if parts else "day"
    return csv_file(
        f"anke-{told['from']}-{told['to']}{'-' + told['by'] if parts else ''}.csv",
        ["分项" if parts else "日期", *COLUMNS.values()],
        [[row[first], *(_plain(row[name]) for name in COLUMNS)] for row in rows],
    )


@described(
    "The conversations behind a figure", answers={200: "agent-http#behind"}, parameters=(*DAYS, *BEHIND)
)
async def get_found(request: Request) -> HTTPResponse:
    """`{"items","total"}`: the conversations behind a figure."""
    async with service_of(request).records.read() as reader:
        return json(await found_behind(reader, code_of(request, "figure") or "", await _asked(request)))


@described("The same as a table, audited", answers={200: CSV}, parameters=(*DAYS, *BEHIND))
async def get_found_csv(request: Request) -> HTTPResponse:
    """The same as a table; masked like every list."""
    async with service_of(request).records.read() as reader:
        found = await found_behind(reader, code_of(request, "figure") or "", await _asked(request))
    await _audit(request, "list_exported", figure=arguments(request).get("figure"), rows=len(found["items"]))
    rules = service_of(request).rules
    names = {
        "conversation_id": "会话",
        "customer": "客户",
        "state": "状态",
        "group": "技能组",
        "category": "问题类别",
        "level": "等级",
        "owner_name": "客服",
        "order_no": "订单号",
        "tags": "标签",
        "preview": "最近一句",
        "updated_at": "更新时间（UTC）",
    }

    def told(item: dict[str, Any], name: str) -> Any:
        if name == "group":
            return rules.group_name(item[name]) if item[name] else ""
        if name == "tags":
            return "、".join(item[name])
        if name == "category":
            return rules.categories.get(item[name]).name if item[name] else ""
        if name == "customer" and item[name] == NAMELESS:
            return f"{NAMELESS} {item['conversation_id'][-4:]}"
        return item[name]

    rows = [[told(item, name) for name in names] for item in found["items"]]
    return csv_file("anke-conversations.csv", list(names.values()), rows)


def _plain(value: Any) -> Any:
    return sum(value.values()) if isinstance(value, dict) else value


async def _figures(request: Request) -> dict[str, Any]:
    history = service_of(request).history
    told = arguments(request)
    first, last = check_days(told.get("from"), told.get("to"), history.today())
    by = told.get("by")
    if by is not None and by not in DIMENSIONS:
        raise invalid("只能按技能组、客服或问题类别分。")
    key = code_of(request, "key")
    return await history.figures(first, last, by, key if by else None)


async def _asked(request: Request) -> Asked:
    service = service_of(request)
    told = arguments(request)
    first, last = check_days(told.get("from"), told.get("to"), service.history.today())
    span = span_of_days(first, last, service.rules.tz)
    parts = {name: code_of(request, name) for name in ("group", "agent", "category", "value")}
    return Asked(span, **parts)


def code_of(request: Request, name: str) -> str | None:
    """A code of a request's address; ApiError 422 for what no code can be."""
    told = arguments(request).get(name)
    if told is not None and not (told.isascii() and told.isprintable() and 0 < len(told) <= LONGEST_KEY):
        raise invalid(f"{name} 不对。")
    return told


async def _audit(request: Request, action: str, **detail: Any) -> None:
    async with service_of(request).records.write() as tx:
        await note_audit(tx, session_of(request).agent.id, action, None, **detail)
