"""Routing by people over HTTP: thin handlers; what they do is in presence and passing_on."""

from typing import Any

from sanic import HTTPResponse, Request
from sanic.response import json

from handoff.auth.guard import session_of
from handoff.case_record.filling import fill_record
from handoff.clock import rfc3339
from handoff.desk.access import check_epoch
from handoff.desk.passing_on import (
    check_answer,
    check_handing,
    check_hold,
    check_requeue,
    do_accept,
    do_decline,
    do_hold,
    do_requeue,
    do_resume,
    do_transfer,
    do_withdraw,
)
from handoff.desk.presence import check_status, colleagues, do_set_status
from handoff.desk.stepping_in import check_whisper, check_why, do_take_over, do_whisper
from handoff.desk.together import do_put_together, do_take_apart
from handoff.edge.http import json_body
from handoff.errors import invalid
from handoff.openapi import described
from handoff.queue.alerts import mark_seen
from handoff.service import service_of

MOST_ALERTS = 200


@described(
    "Set one's status at the desk",
    takes="agent-http#presence",
    answers={200: "agent-http#presence_set"},
    refuses=(409,),
)
async def post_presence(request: Request) -> HTTPResponse:
    status, give_up = check_status(json_body(request))
    returned = await do_set_status(service_of(request).records, session_of(request).agent, status, give_up)
    return json({"status": status, "returned": returned})


@described("To whom a customer can be handed", answers={200: "agent-http#colleagues"})
async def get_colleagues(request: Request) -> HTTPResponse:
    async with service_of(request).records.read() as reader:
        return json(await colleagues(reader, session_of(request).agent))


@described(
    "Back to the queue, at its old place",
    takes="agent-http#requeue",
    answers={200: "customer-http#state"},
    refuses=(409,),
)
async def post_requeue(request: Request, conversation_id: str) -> HTTPResponse:
    epoch, why = check_requeue(json_body(request))
    records = service_of(request).records
    state = await do_requeue(records, session_of(request).agent, conversation_id, epoch, why)
    return json({"state": state.value})


@described(
    "To a group, or to a colleague who is asked first",
    takes="agent-http#transfer",
    answers={200: "agent-http#transferred"},
    refuses=(409,),
)
async def post_transfer(request: Request, conversation_id: str) -> HTTPResponse:
    to = check_handing(json_body(request))
    records = service_of(request).records
    return json(await do_transfer(records, session_of(request).agent, conversation_id, to))


@described(
    "Think better of what was offered to a colleague",
    takes="agent-http#epoch",
    answers={200: "agent-http#nothing"},
    refuses=(409,),
)
async def post_withdraw(request: Request, conversation_id: str) -> HTTPResponse:
    epoch = check_epoch(json_body(request))
    records = service_of(request).records
    await do_withdraw(records, session_of(request).agent, conversation_id, epoch)
    return json({})


@described(
    "Answer what was offered to oneself",
    takes="agent-http#answer",
    answers={200: "agent-http#answered"},
    refuses=(409,),
)
async def post_offer(request: Request, conversation_id: str) -> HTTPResponse:
    service, agent = service_of(request), session_of(request).agent
    accepted, note = check_answer(json_body(request))
    if not accepted:
        await do_decline(service.records, agent, conversation_id, note)
        return json({"answer": "decline"})
    done = await do_accept(service.records, agent, conversation_id)
    service.tasks.start(fill_record(service.records, service.orders, conversation_id))
    return json({"answer": "accept", **done})


@described(
    "Set the conversation aside until a time",
    takes="agent-http#hold",
    answers={200: "agent-http#held"},
    refuses=(409,),
)
async def post_hold(request: Request, conversation_id: str) -> HTTPResponse:
    hold = check_hold(json_body(request))
    until = await do_hold(service_of(request).records, session_of(request).agent, conversation_id, hold)
    return json({"until": rfc3339(until)})


@described(
    "Go on before the time",
    takes="agent-http#epoch",
    answers={200: "agent-http#nothing"},
    refuses=(409,),
)
async def post_resume(request: Request, conversation_id: str) -> HTTPResponse:
    epoch = check_epoch(json_body(request))
    await do_resume(service_of(request).records, session_of(request).agent, conversation_id, epoch)
    return json({})


@described(
    "Take a customer over from whoever has them",
    takes="agent-http#take_over",
    answers={200: "agent-http#claimed"},
    refuses=(409,),
)
async def post_take_over(request: Request, conversation_id: str) -> HTTPResponse:
    service, why = service_of(request), check_why(json_body(request))
    epoch = await do_take_over(service.records, session_of(request).agent, conversation_id, why)
    return json({"epoch": epoch, "state": "human"})


@described(
    "A word to the colleague who has the customer",
    takes="agent-http#whisper",
    answers={201: "agent-http#note_id"},
    refuses=(409,),
)
async def post_whisper(request: Request, conversation_id: str) -> HTTPResponse:
    text = check_whisper(json_body(request))
    records = service_of(request).records
    made = await do_whisper(records, session_of(request).agent, conversation_id, text)
    return json({"id": made}, status=201)


@described(
    "Take a conversation out of those that are one customer's",
    answers={200: "agent-http#joined"},
    refuses=(409,),
)
async def post_part(request: Request, conversation_id: str) -> HTTPResponse:
    await do_take_apart(service_of(request).records, session_of(request).agent, conversation_id)
    return json({"joined": False})


@described(
    "Put a conversation together with another of the same customer",
    answers={200: "agent-http#joined"},
    refuses=(409,),
)
async def post_join(request: Request, conversation_id: str) -> HTTPResponse:
    await do_put_together(service_of(request).records, session_of(request).agent, conversation_id)
    return json({"joined": True})


@described("Alerts that one has noticed", takes="agent-http#alerts_seen", answers={200: "agent-http#nothing"})
async def post_alerts_seen(request: Request) -> HTTPResponse:
    """`{"ids":[…]}`: this person has noticed them."""
    body: Any = json_body(request)
    ids = body.get("ids") if isinstance(body, dict) else None
    if (
        not isinstance(ids, list)
        or len(ids) > MOST_ALERTS
        or not all(isinstance(one, str) and one.isascii() and one.isprintable() for one in ids)
    ):
        raise invalid("ids 必须是提醒编号的列表。")
    async with service_of(request).records.write() as tx:
        await mark_seen(tx, session_of(request).agent.id, ids)
    return json({})
