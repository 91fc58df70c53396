"""Tags over HTTP: which there are, and putting them on a conversation's case or a case."""

from sanic import HTTPResponse, Request
from sanic.response import json

from handoff.auth.guard import session_of
from handoff.cases.tags import known_tags
from handoff.desk.tags import check_tags, do_tag_case, do_tag_talk
from handoff.edge.http import json_body
from handoff.openapi import described
from handoff.service import service_of


@described("The store's tags, and what people wrote besides", answers={200: "agent-http#known_tags"})
async def get_tags(request: Request) -> HTTPResponse:
    async with service_of(request).records.read() as reader:
        return json(await known_tags(reader))


@described("Tag the matter of a conversation", takes="agent-http#tag", answers={200: "agent-http#tagged"})
async def post_tags(request: Request, conversation_id: str) -> HTTPResponse:
    add, remove = check_tags(json_body(request))
    records, agent = service_of(request).records, session_of(request).agent
    return json({"tags": await do_tag_talk(records, agent, conversation_id, add, remove)})


@described("Tag a case", takes="agent-http#tag", answers={200: "agent-http#tagged"})
async def post_case_tags(request: Request, case_no: str) -> HTTPResponse:
    add, remove = check_tags(json_body(request))
    records, agent = service_of(request).records, session_of(request).agent
    return json({"tags": await do_tag_case(records, agent, case_no, add, remove)})
