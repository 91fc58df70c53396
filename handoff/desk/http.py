"""The desk over HTTP: thin handlers; what they do is in claim, messages, ending, remarks and views."""

from datetime import timedelta
from typing import Any

from sanic import HTTPResponse, Request
from sanic.response import json

from handoff.auth.guard import session_of
from handoff.auth.roles import Agent
from handoff.case_record.filling import fill_record
from handoff.clock import rfc3339
from handoff.conversation import PERSON_STATES, State
from handoff.desk.access import check_epoch
from handoff.desk.case_search import check_query
from handoff.desk.claim import do_claim
from handoff.desk.drafts import check_draft, do_save_draft, drafts_of
from handoff.desk.earlier import earlier_contacts, earlier_log
from handoff.desk.ending import check_ending, do_close, do_give_back
from handoff.desk.messages import check_agent_message, do_send_message
from handoff.desk.own_data import do_register, privacy_requests_of
from handoff.desk.plan import check_plan, do_plan
from handoff.desk.recall import do_recall
from handoff.desk.remarks import do_note, do_reveal
from handoff.desk.search import found_cases, found_items
from handoff.desk.suggested import suggested
from handoff.desk.views import (
    AgentPage,
    agent_page,
    current_record,
    desk_now,
    my_items,
    queue_page,
    recent_items,
)
from handoff.edge.http import LOG_CURSOR, arguments, json_body, log_cursor
from handoff.edge.messages import LARGEST_SEQ
from handoff.edge.text import whole_number
from handoff.errors import invalid, not_found
from handoff.hints import conversation_topic
from handoff.openapi import described, query
from handoff.privacy.requests import check_kind
from handoff.queue.order import Mark
from handoff.records import get_conversation
from handoff.service import service_of

RECORD_FRESH = timedelta(seconds=3)
"""A record that is newer is shown as it is; an older one of an open case is brought up to date first: the customer may
have sent evidence, a late effect may have arrived, the order may have moved."""


@described(
    "The queue of one's groups, one's own conversations, offers and alerts", answers={200: "agent-http#queue"}
)
async def get_queue(request: Request) -> HTTPResponse:
    agent = session_of(request).agent
    async with service_of(request).records.read() as reader:
        return json(await desk_now(reader, agent))


@described(
    "The next page of the queue",
    answers={200: "agent-http#queue_page"},
    parameters=(query("after", "`next` of the page before", needed=True, minLength=1),),
)
async def get_more_of_queue(request: Request) -> HTTPResponse:
    """The page of the queue after `after`, the `next` of the page before."""
    try:
        after = Mark.read(arguments(request).get("after", ""))
    except ValueError as error:
        raise invalid("after 不是队列给出的位置，请刷新列表。") from error
    async with service_of(request).records.read() as reader:
        return json(await queue_page(reader, session_of(request).agent, after))


@described(
    "One's own conversations, or the last ones that one may look back at",
    answers={200: "agent-http#listed"},
    parameters=(query("scope", "mine unless said otherwise", enum=["mine", "recent"]),),
)
async def get_conversations(request: Request) -> HTTPResponse:
    agent, scope = session_of(request).agent, arguments(request).get("scope", "mine")
    async with service_of(request).records.read() as reader:
        if scope == "mine":
            return json({"items": await my_items(reader, agent)})
        if scope == "recent":
            return json({"items": await recent_items(reader, agent)})
    raise invalid("scope 只能是 mine 或 recent。")


@described("Take a conversation from the queue", answers={200: "agent-http#claimed"}, refuses=(409,))
async def post_claim(request: Request, conversation_id: str) -> HTTPResponse:
    service = service_of(request)
    claimed = await do_claim(service.records, session_of(request).agent, conversation_id)
    service.tasks.start(fill_record(service.records, service.orders, conversation_id))
    return json({"epoch": claimed.epoch, "state": claimed.state.value})


@described(
    "Write to the customer; the same again has the same seq",
    takes="agent-http#message",
    answers={201: "customer-http#seq", 200: "customer-http#seq"},
    refuses=(409, 429),
)
async def post_message(request: Request, conversation_id: str) -> HTTPResponse:
    body = json_body(request)
    epoch, message = check_epoch(body), check_agent_message(body)
    agent = session_of(request).agent
    accepted = await do_send_message(service_of(request), agent, conversation_id, epoch, message)
    return json({"seq": accepted.seq}, status=201 if accepted.fresh else 200)


@described(
    "Take back what one has just written",
    takes="agent-http#recall",
    answers={200: "customer-http#seq"},
    refuses=(409,),
)
async def post_recall(request: Request, conversation_id: str, seq: str) -> HTTPResponse:
    """`seq`: of the event that tells it; the same again has the same."""
    epoch, number = check_epoch(json_body(request)), whole_number(seq)
    if number is None or not 1 <= number <= LARGEST_SEQ:
        raise not_found("没有这条消息。")
    records, agent = service_of(request).records, session_of(request).agent
    return json({"seq": await do_recall(records, agent, conversation_id, number, epoch)})


@described("A note that only colleagues read", takes="agent-http#note", answers={201: "agent-http#note_id"})
async def post_note(request: Request, conversation_id: str) -> HTTPResponse:
    note_id = await do_note(
        service_of(request).records, session_of(request).agent, conversation_id, json_body(request)
    )
    return json({"id": note_id}, status=201)


@described("What the customer asked for of their own data", answers={200: "agent-http#privacy_requests"})
async def get_privacy(request: Request, conversation_id: str) -> HTTPResponse:
    async with service_of(request).records.read() as reader:
        found = await privacy_requests_of(reader, session_of(request).agent, conversation_id)
    return json({"items": found})


@described(
    "Register for the customer the export or the deletion of their own data, or its withdrawal",
    takes="customer-http#privacy",
    answers={202: "customer-http#privacy_request"},
    refuses=(409,),
)
async def post_privacy(request: Request, conversation_id: str) -> HTTPResponse:
    kind, agent = check_kind(json_body(request)), session_of(request).agent
    registered = await do_register(service_of(request).records, agent, conversation_id, kind)
    return json(registered.public(), status=202)


@described(
    "A plan for the customer's case, told or only made",
    takes="agent-http#plan",
    answers={201: "agent-http#planned"},
    refuses=(409,),
)
async def post_plan(request: Request, conversation_id: str) -> HTTPResponse:
    plan = check_plan(json_body(request))
    seq = await do_plan(service_of(request).records, session_of(request).agent, conversation_id, plan)
    return json({"seq": seq}, status=201)


@described(
    "Give the conversation back to the bot",
    takes="agent-http#ending",
    answers={200: "customer-http#state"},
    refuses=(409,),
)
async def post_give_back(request: Request, conversation_id: str) -> HTTPResponse:
    ending = check_ending(json_body(request))
    records = service_of(request).records
    return _state(await do_give_back(records, session_of(request).agent, conversation_id, ending))


@described(
    "Close the conversation",
    takes="agent-http#ending",
    answers={200: "customer-http#state"},
    refuses=(409,),
)
async def post_close(request: Request, conversation_id: str) -> HTTPResponse:
    ending = check_ending(json_body(request))
    records = service_of(request).records
    return _state(await do_close(records, session_of(request).agent, conversation_id, ending))


@described("One's own drafts for the conversation", answers={200: "agent-http#drafts"})
async def get_drafts(request: Request, conversation_id: str) -> HTTPResponse:
    async with service_of(request).records.read() as reader:
        return json({"items": await drafts_of(reader, session_of(request).agent, conversation_id)})


@described("Keep a draft", takes="agent-http#draft", answers={200: "agent-http#draft_saved"})
async def post_draft(request: Request, conversation_id: str) -> HTTPResponse:
    draft = check_draft(json_body(request))
    records = service_of(request).records
    at = await do_save_draft(records, session_of(request).agent, conversation_id, draft)
    return json({"updated_at": rfc3339(at)})


@described(
    "Conversations and cases by order number, end of the phone, name, words or closing summary",
    answers={200: "agent-http#found"},
    parameters=(query("q", "what one knows of it", needed=True, minLength=2, maxLength=100),),
)
async def get_search(request: Request) -> HTTPResponse:
    query = check_query(arguments(request).get("q"))
    async with service_of(request).records.read() as reader:
        agent = session_of(request).agent
        found = await found_items(reader, agent, query)
        return json({"items": found, "cases": await found_cases(reader, agent, query)})


@described(
    "The unmasked value of one field, audited",
    takes="agent-http#reveal",
    answers={200: "agent-http#revealed"},
)
async def post_reveal(request: Request, conversation_id: str) -> HTTPResponse:
    service, agent = service_of(request), session_of(request).agent
    value = await do_reveal(service.records, service.orders, agent, conversation_id, json_body(request))
    return json({"value": value})


@described(
    "The log after an item, with notes and effects",
    answers={200: "agent-http#page"},
    refuses=(409,),
    parameters=LOG_CURSOR,
)
async def get_log(request: Request, conversation_id: str) -> HTTPResponse:
    """The log with notes and effects, masked; with nothing new, waits up to `wait` seconds for the first item."""
    after, wait = log_cursor(request)
    service, agent = service_of(request), session_of(request).agent
    end = service.hints.time() + wait
    with service.hints.watch(conversation_topic(conversation_id)) as subscription:
        while True:
            page = await _page(request, agent, conversation_id, after)
            left = end - service.hints.time()
            if page.items or left <= 0:
                return json(page.public())
            await subscription.wait(left)


@described(
    "Replies that the owner could give to what the customer said last, at most three",
    answers={200: "agent-http#suggested"},
)
async def get_suggestions(request: Request, conversation_id: str) -> HTTPResponse:
    agent = session_of(request).agent
    return json({"items": await suggested(service_of(request), agent, conversation_id)})


@described("The handoff record", answers={200: "handoff-record"})
async def get_record(request: Request, conversation_id: str) -> HTTPResponse:
    """The handoff record (contracts/handoff-record.schema.json); that of an open case includes what came since."""
    service, agent = service_of(request), session_of(request).agent
    records = service.records
    async with records.read() as reader:
        row = await current_record(reader, agent, conversation_id)
        conversation = await get_conversation(reader, conversation_id)
    is_open = conversation.state in PERSON_STATES or conversation.state is State.TICKET
    is_old = (
        conversation.updated_at > row["updated_at"] and records.clock() - row["updated_at"] > RECORD_FRESH
    )
    if (
        is_open
        and (is_old or not row["filled"])
        and await fill_record(records, service.orders, conversation_id)
    ):
        async with records.read() as reader:
            row = await current_record(reader, agent, conversation_id)
    return json(row["record"])


@described(
    "What the customer of a conversation came with before, each time with its outcome",
    answers={200: "agent-http#earlier"},
)
async def get_earlier(request: Request, conversation_id: str) -> HTTPResponse:
    async with service_of(request).records.read() as reader:
        return json(await earlier_contacts(reader, session_of(request).agent, conversation_id))


@described(
    "The log of one of those earlier times",
    answers={200: "agent-http#earlier_log"},
    refuses=(409,),
    parameters=LOG_CURSOR[:1],
)
async def get_earlier_log(
    request: Request, conversation_id: str, other_id: str, episode: str
) -> HTTPResponse:
    service = service_of(request)
    async with service.records.read() as reader:
        told = await earlier_log(
            reader,
            session_of(request).agent,
            conversation_id,
            other=other_id,
            episode=whole_number(episode) or 0,
            after=log_cursor(request)[0],
            secret=service.settings.secret_key,
        )
    return json(told)


async def _page(request: Request, agent: Agent, conversation_id: str, after: int) -> AgentPage:
    service = service_of(request)
    async with service.records.read() as reader:
        return await agent_page(reader, agent, conversation_id, after, service.settings.secret_key)


def _state(state: State) -> HTTPResponse:
    body: dict[str, Any] = {"state": state.value}
    return json(body)
