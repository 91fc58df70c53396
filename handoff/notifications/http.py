"""The outbox over HTTP, for administrators: thin handlers."""

from sanic import HTTPResponse, Request
from sanic.response import json

from handoff.auth.guard import session_of
from handoff.edge.http import arguments, json_body
from handoff.notifications.dead_letters import check_destination, check_state, do_replay, read_deliveries
from handoff.openapi import described, query
from handoff.service import service_of


@described(
    "The outbox: what the store's own systems were or were not told",
    answers={200: "agent-http#deliveries"},
    parameters=(query("state", "dead unless said otherwise", enum=["dead", "pending", "delivered"]),),
)
async def get_notifications(request: Request) -> HTTPResponse:
    state = check_state(arguments(request).get("state"))
    async with service_of(request).records.read() as reader:
        return json({"items": await read_deliveries(reader, state)})


@described(
    "Send a dead letter again",
    takes="agent-http#replay",
    answers={202: "agent-http#replayed"},
)
async def post_replay(request: Request, event_id: str) -> HTTPResponse:
    destination = check_destination(json_body(request))
    async with service_of(request).records.write() as tx:
        count = await do_replay(tx, session_of(request).agent.id, event_id, destination)
    return json({"replayed": count}, status=202)
