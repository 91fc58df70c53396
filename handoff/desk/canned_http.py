"""Canned replies over HTTP: thin handlers."""

from sanic import HTTPResponse, Request
from sanic.response import json

from handoff.auth.guard import session_of
from handoff.desk.canned import canned_of, check_canned, do_count_use, do_delete_canned, do_put_canned
from handoff.edge.http import json_body
from handoff.openapi import described
from handoff.service import service_of


@described("Replies to use again", answers={200: "agent-http#canned"})
async def get_canned(request: Request) -> HTTPResponse:
    async with service_of(request).records.read() as reader:
        return json({"items": await canned_of(reader, session_of(request).agent)})


@described(
    "Keep a reply",
    takes="agent-http#canned_reply",
    answers={201: "agent-http#canned_id"},
    refuses=(409,),
)
async def post_canned(request: Request) -> HTTPResponse:
    reply = check_canned(json_body(request))
    made = await do_put_canned(service_of(request).records, session_of(request).agent, reply)
    return json({"id": made}, status=201)


@described(
    "Change a reply",
    takes="agent-http#canned_reply",
    answers={200: "agent-http#canned_id"},
    refuses=(409,),
)
async def post_canned_change(request: Request, reply_id: str) -> HTTPResponse:
    reply = check_canned(json_body(request))
    await do_put_canned(service_of(request).records, session_of(request).agent, reply, reply_id)
    return json({"id": reply_id})


@described("Delete a reply", answers={200: "agent-http#nothing"})
async def post_canned_delete(request: Request, reply_id: str) -> HTTPResponse:
    await do_delete_canned(service_of(request).records, session_of(request).agent, reply_id)
    return json({})


@described("Count a use of a reply", answers={200: "agent-http#nothing"})
async def post_canned_used(request: Request, reply_id: str) -> HTTPResponse:
    await do_count_use(service_of(request).records, session_of(request).agent, reply_id)
    return json({})
