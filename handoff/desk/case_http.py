"""Cases over HTTP for agents: thin handlers; what they do is in case_views, case_actions and case_registration."""

from sanic import HTTPResponse, Request
from sanic.response import json

from handoff.auth.guard import session_of
from handoff.case_record.registration import fill_case
from handoff.desk.case_actions import (
    check_case_move,
    check_classified,
    do_classify,
    do_link,
    do_move_case,
    do_note_case,
    do_reveal_case,
)
from handoff.desk.case_registration import check_call, do_register_call
from handoff.desk.case_views import CASE_QUERY, case_page, check_case_query, one_case
from handoff.desk.reminders import do_end_reminder
from handoff.edge.http import arguments, json_body
from handoff.openapi import described
from handoff.service import service_of


@described("Cases, newest first", answers={200: "case#page"}, parameters=CASE_QUERY)
async def get_cases(request: Request) -> HTTPResponse:
    agent = session_of(request).agent
    query = check_case_query(arguments(request), agent)
    async with service_of(request).records.read() as reader:
        return json(await case_page(reader, agent, query))


@described("One case with its timeline", answers={200: "case"})
async def get_case(request: Request, case_no: str) -> HTTPResponse:
    async with service_of(request).records.read() as reader:
        return json(await one_case(reader, session_of(request).agent, case_no))


@described(
    "Register a phone call",
    takes="case#call",
    answers={201: "agent-http#case_registered", 200: "agent-http#case_registered"},
    refuses=(409,),
)
async def post_case(request: Request) -> HTTPResponse:
    service, agent = service_of(request), session_of(request).agent
    done = await do_register_call(service.records, agent, check_call(json_body(request)))
    if done.fresh:
        service.tasks.start(fill_case(service.records, service.orders, done.case_no))
    body = {"case_no": done.case_no, "joined": done.joined}
    return json(body, status=201 if done.fresh else 200)


@described("Move a case along", takes="case#move", answers={200: "agent-http#case_state"}, refuses=(409,))
async def post_move(request: Request, case_no: str) -> HTTPResponse:
    wanted = check_case_move(json_body(request))
    records = service_of(request).records
    state = await do_move_case(records, session_of(request).agent, case_no, wanted)
    return json({"state": state.value})


@described(
    "Tie a conversation to a case",
    takes="agent-http#case_link",
    answers={201: "agent-http#case_linked", 200: "agent-http#case_linked"},
)
async def post_link(request: Request, case_no: str) -> HTTPResponse:
    records = service_of(request).records
    fresh = await do_link(records, session_of(request).agent, case_no, json_body(request))
    return json({"linked": True}, status=201 if fresh else 200)


@described(
    "What the case is about and how grave, with why",
    takes="agent-http#classify",
    answers={200: "agent-http#classified"},
)
async def post_classify(request: Request, case_no: str) -> HTTPResponse:
    wanted = check_classified(json_body(request))
    records = service_of(request).records
    await do_classify(records, session_of(request).agent, case_no, wanted)
    return json({"category": wanted.category, "level": wanted.level})


@described("A line of the timeline", takes="agent-http#case_note", answers={201: "agent-http#case_noted"})
async def post_case_note(request: Request, case_no: str) -> HTTPResponse:
    records = service_of(request).records
    n = await do_note_case(records, session_of(request).agent, case_no, json_body(request))
    return json({"n": n}, status=201)


@described(
    "The unmasked value of one field, audited",
    takes="agent-http#case_reveal",
    answers={200: "agent-http#revealed"},
)
async def post_case_reveal(request: Request, case_no: str) -> HTTPResponse:
    records = service_of(request).records
    value = await do_reveal_case(records, session_of(request).agent, case_no, json_body(request))
    return json({"value": value})


@described("What somebody was to come back to is done", answers={200: "agent-http#nothing"})
async def post_reminder_done(request: Request, reminder_id: str) -> HTTPResponse:
    await do_end_reminder(service_of(request).records, session_of(request).agent, reminder_id)
    return json({})
