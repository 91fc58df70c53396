"""Customers over HTTP: thin handlers; what they do is in messages, entry, opening and log_view."""

from sanic import HTTPResponse, Request
from sanic.response import json

from handoff.addresses import client_address, is_loopback
from handoff.clock import rfc3339
from handoff.conversation import State
from handoff.edge.http import LOG_CURSOR, json_body, log_cursor
from handoff.edge.messages import check_message
from handoff.edge.tokens import read_token
from handoff.errors import not_found, unauthorized
from handoff.gateway.entry import check_rating, leave_queue, rate, request_agent
from handoff.gateway.log_view import LogPage, read_page
from handoff.gateway.messages import accept
from handoff.gateway.opening import open_conversation
from handoff.gateway.orders import own_orders
from handoff.gateway.reading import check_read, note_read
from handoff.hints import conversation_topic
from handoff.openapi import described
from handoff.service import Service, service_of


async def customer_of_conversation(request: Request) -> None:
    """Permission: the Bearer token of the conversation in the path. 401 without a valid one, 404 for another's."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise unauthorized()
    held = read_token(service_of(request).settings.secret_key, token.strip())
    if held != request.match_info["conversation_id"]:
        raise not_found()


READS_PER_MINUTE = 240
ORDERS_PER_MINUTE = 30


@described(
    "Open a conversation, or go on with the open one of a signed-in customer",
    takes="customer-http#opening",
    takes_may_miss=True,
    answers={201: "customer-http#opened"},
    refuses=(401, 429),
)
async def post_conversation(request: Request) -> HTTPResponse:
    service = service_of(request)
    address = client_address(request, service.settings)
    if not is_loopback(request, service.settings):
        await service.limits.check("open", address, limit=service.settings.conversations_per_minute)
    body = json_body(request) if request.body else {}
    return json(await open_conversation(service, body, address), status=201)


@described(
    "Send a message; the same again has the same seq",
    takes="customer-http#message",
    answers={201: "customer-http#seq", 200: "customer-http#seq"},
    refuses=(409, 429),
)
async def post_message(request: Request, conversation_id: str) -> HTTPResponse:
    accepted = await accept(service_of(request), conversation_id, check_message(json_body(request)))
    return json({"seq": accepted.seq}, status=201 if accepted.fresh else 200)


@described("The log after an item", answers={200: "log-page"}, refuses=(409,), parameters=LOG_CURSOR)
async def get_log(request: Request, conversation_id: str) -> HTTPResponse:
    """Items after `after`; with nothing new, waits up to `wait` seconds for the first."""
    after, wait = log_cursor(request)
    service = service_of(request)
    page = await read_page(service, conversation_id, after)
    if not page.items and wait > 0:
        page = await _wait_for_items(service, conversation_id, after, wait)
    body = {
        "items": page.items,
        "last_seq": page.conversation.last_seq,
        "state": page.conversation.state.value,
        "episode": page.conversation.episode,
        "typing": "bot" if page.bot_works else None,
        "time_zone": service.settings.store_tz,
        "now": rfc3339(service.clock()),
    }
    if page.queue is not None:
        body["queue"] = page.queue
    return json(body)


@described(
    "The customer's own orders, while it is known who that is",
    answers={200: "customer-http#orders"},
    refuses=(429,),
)
async def get_orders(request: Request, conversation_id: str) -> HTTPResponse:
    service = service_of(request)
    await service.limits.check("orders", conversation_id, limit=ORDERS_PER_MINUTE)
    return json({"items": await own_orders(service, conversation_id)})


@described(
    "How far the customer has read",
    takes="customer-http#read",
    answers={200: "customer-http#seq"},
    refuses=(429,),
)
async def post_read(request: Request, conversation_id: str) -> HTTPResponse:
    service = service_of(request)
    await service.limits.check("read", conversation_id, limit=READS_PER_MINUTE)
    seq = check_read(json_body(request))
    await note_read(service, conversation_id, seq)
    return json({"seq": seq})


@described("Ask for a person", answers={200: "customer-http#state"}, refuses=(429,))
async def post_human(request: Request, conversation_id: str) -> HTTPResponse:
    service = service_of(request)
    await service.limits.check("entry", conversation_id, limit=service.settings.messages_per_minute)
    return _state(await request_agent(service, conversation_id))


@described("Back to the bot while still waiting", answers={200: "customer-http#state"}, refuses=(429,))
async def post_leave_queue(request: Request, conversation_id: str) -> HTTPResponse:
    service = service_of(request)
    await service.limits.check("entry", conversation_id, limit=service.settings.messages_per_minute)
    return _state(await leave_queue(service, conversation_id))


@described(
    "Rate this episode; a repeat replaces",
    takes="customer-http#rating",
    answers={201: "customer-http#seq"},
    refuses=(429,),
)
async def post_rating(request: Request, conversation_id: str) -> HTTPResponse:
    service = service_of(request)
    await service.limits.check("entry", conversation_id, limit=service.settings.messages_per_minute)
    seq = await rate(service, conversation_id, check_rating(json_body(request)))
    return json({"seq": seq}, status=201)


async def _wait_for_items(service: Service, conversation_id: str, after: int, wait: float) -> LogPage:
    """Subscribes first and reads then, so that nothing between the two reads is missed."""
    loop_time = service.hints.time
    end = loop_time() + wait
    with service.hints.watch(conversation_topic(conversation_id)) as subscription:
        while True:
            page = await read_page(service, conversation_id, after)
            left = end - loop_time()
            if page.items or left <= 0:
                return page
            await subscription.wait(left)


def _state(state: State) -> HTTPResponse:
    return json({"state": state.value})
