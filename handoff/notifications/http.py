"""The outbox over HTTP, for who may look after it (`outbox`): thin handlers."""

from sanic import HTTPResponse, Request
from sanic.response import json

from handoff.auth.guard import session_of
from handoff.edge.http import arguments, json_body
from handoff.notifications.dead_letters import (
    check_destination,
    check_wanted,
    do_replay,
    do_replay_all,
    read_outbox,
)
from handoff.notifications.outbox import EVENTS
from handoff.openapi import described, query
from handoff.service import service_of


@described(
    "The outbox: what the store's own systems were or were not told",
    answers={200: "agent-http#deliveries"},
    parameters=(
        query("state", "dead unless said otherwise", enum=["dead", "pending", "delivered"]),
        query("destination", "only what goes there"),
        query("event", "only this event", enum=list(EVENTS)),
    ),
)
async def get_notifications(request: Request) -> HTTPResponse:
    service, wanted = service_of(request), check_wanted(arguments(request))
    async with service.records.read() as reader:
        return json(await read_outbox(reader, service.settings.notify, *wanted))


@described(
    "Send every dead letter of one destination again",
    takes="agent-http#replay_all",
    answers={202: "agent-http#replayed"},
    refuses=(404,),
)
async def post_replay_all(request: Request) -> HTTPResponse:
    destination = check_destination(json_body(request), needed=True)
    async with service_of(request).records.write() as tx:
        count = await do_replay_all(tx, session_of(request).agent.id, str(destination))
    return json({"replayed": count}, status=202)


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
