"""Quality control over HTTP: thin handlers."""

import json as jsonlib

from sanic import HTTPResponse, Request
from sanic.response import json

from handoff.auth.guard import session_of
from handoff.edge.http import arguments, json_body
from handoff.edge.text import whole_number
from handoff.errors import invalid
from handoff.openapi import Media, described, query
from handoff.oversight.found import check_days, span_of_days
from handoff.oversight.http import code_of, code_parameter
from handoff.oversight.table import CSV, csv_file
from handoff.quality.findings import KINDS, STATES, check_end, check_finding, do_add, do_end, findings
from handoff.quality.misses import LONGEST_DAYS
from handoff.quality.sampling import check_draw, check_score, do_draw, do_score, pick_view, picks
from handoff.records.audit import note_audit
from handoff.service import service_of

FOUND = (
    query("state", "all unless said otherwise", enum=list(STATES)),
    query("kind", "all unless said otherwise", enum=list(KINDS)),
)
BACK = query("days", "how far back", type="integer", minimum=1, maximum=LONGEST_DAYS, default=14)


@described(
    "Draw conversations to look at",
    takes="agent-http#draw",
    answers={201: "agent-http#drawn"},
    refuses=(409,),
)
async def post_sample(request: Request) -> HTTPResponse:
    service, body = service_of(request), json_body(request)
    told = body if isinstance(body, dict) else {}
    days = check_days(told.get("from"), told.get("to"), service.history.today())
    draw = check_draw(body, span_of_days(*days, service.rules.tz), service.rules)
    return json(await do_draw(service.records, session_of(request).agent, draw), status=201)


@described(
    "What was drawn, those to be scored first",
    answers={200: "agent-http#picks"},
    parameters=(
        query("state", "all unless said otherwise", enum=["open", "scored"]),
        code_parameter("agent", "an agent's id, or bot"),
    ),
)
async def get_picks(request: Request) -> HTTPResponse:
    service, state = service_of(request), arguments(request).get("state")
    if state not in (None, "open", "scored"):
        raise invalid("state 只能是 open 或 scored。")
    async with service.records.read() as reader:
        told = await picks(
            reader, scored=None if state is None else state == "scored", agent=code_of(request, "agent")
        )
    criteria = [
        {"code": code, "name": one.name, "points": one.points, "hint": one.hint}
        for code, one in service.policy.quality.criteria.items()
    ]
    return json({**told, "criteria": criteria, "sample_most": service.policy.quality.sample_most})


@described("One conversation that was drawn, with its findings", answers={200: "agent-http#pick"})
async def get_pick(request: Request, pick_id: str) -> HTTPResponse:
    agent = session_of(request).agent
    async with service_of(request).records.read() as reader:
        told = await pick_view(reader, pick_id)
        return json({**told, "findings": (await findings(reader, agent, pick=pick_id))["items"]})


@described("Score it; again replaces it", takes="agent-http#score", answers={200: "agent-http#scored"})
async def post_score(request: Request, pick_id: str) -> HTTPResponse:
    service = service_of(request)
    quality = service.policy.quality
    points, words = check_score(json_body(request), quality)
    agent = session_of(request).agent
    return json({"total": await do_score(service.records, agent, pick_id, points, words, quality)})


@described(
    "A finding for the designers", takes="agent-http#finding_made", answers={201: "agent-http#note_id"}
)
async def post_finding(request: Request, pick_id: str) -> HTTPResponse:
    kind, text, seq = check_finding(json_body(request))
    records = service_of(request).records
    return json(
        {"id": await do_add(records, session_of(request).agent, pick_id, kind, text, seq)}, status=201
    )


@described("Findings, newest first", answers={200: "agent-http#findings"}, parameters=FOUND)
async def get_findings(request: Request) -> HTTPResponse:
    return json(await _findings(request))


@described("The same as a table, audited", answers={200: CSV}, parameters=FOUND)
async def get_findings_csv(request: Request) -> HTTPResponse:
    found = (await _findings(request))["items"]
    names = {
        "at": "时间（UTC）",
        "kind": "种类",
        "category": "问题类别",
        "said": "原话（已脱敏）",
        "text": "发现",
        "by_name": "谁提的",
        "state": "状态",
        "answer": "答复",
        "ended_by_name": "谁办的",
    }
    await _note_export(request, "findings_exported", len(found))
    return csv_file(
        "anke-findings.csv", list(names.values()), [[one[name] for name in names] for one in found]
    )


@described(
    "Say what became of a finding", takes="agent-http#finding_end", answers={200: "agent-http#nothing"}
)
async def post_finding_end(request: Request, finding_id: str) -> HTTPResponse:
    state, answer = check_end(json_body(request))
    await do_end(service_of(request).records, session_of(request).agent, finding_id, state, answer)
    return json({})


@described("What the bot did not understand", answers={200: "agent-http#misses"}, parameters=(BACK,))
async def get_misses(request: Request) -> HTTPResponse:
    """`{"items","days"}`: as many as a page shows; the file has all of them."""
    days = _days(request)
    found = await service_of(request).misses.read(days)
    items = [{name: value for name, value in one.items() if name != "intent"} for one in found[:300]]
    return json({"items": items, "total": len(found), "days": days})


@described(
    "The same as JSON lines to fill in, audited",
    answers={200: Media("application/x-ndjson", {"type": "string"})},
    parameters=(BACK,),
)
async def get_misses_file(request: Request) -> HTTPResponse:
    """JSON lines, as `make export-misses` writes them: a designer fills in `intent`."""
    found = await service_of(request).misses.read(_days(request))
    await _note_export(request, "misses_exported", len(found))
    text = "".join(jsonlib.dumps(line, ensure_ascii=False) + "\n" for line in found)
    headers = {"Content-Disposition": 'attachment; filename="anke-misses.jsonl"'}
    return HTTPResponse(text, content_type="application/x-ndjson; charset=utf-8", headers=headers)


async def _findings(request: Request) -> dict[str, list[dict[str, object]]]:
    told = arguments(request)
    state, kind = told.get("state"), told.get("kind")
    if state not in (None, *STATES) or kind not in (None, *KINDS):
        raise invalid("没有这样的筛选。")
    async with service_of(request).records.read() as reader:
        return await findings(reader, session_of(request).agent, state=state, kind=kind)


def _days(request: Request) -> int:
    days = whole_number(arguments(request).get("days", "14"))
    if days is None:
        raise invalid("days 必须是天数。")
    if not 1 <= days <= LONGEST_DAYS:
        raise invalid(f"最多看 {LONGEST_DAYS} 天。")
    return days


async def _note_export(request: Request, action: str, rows: int) -> None:
    async with service_of(request).records.write() as tx:
        await note_audit(tx, session_of(request).agent.id, action, None, rows=rows)
