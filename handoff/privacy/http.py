"""Privacy requests over HTTP: thin handlers."""

from sanic import HTTPResponse, Request
from sanic.response import json

from handoff.edge.http import arguments, json_body
from handoff.openapi import described, query
from handoff.privacy.address import check_export_address
from handoff.privacy.export import build_export
from handoff.privacy.requests import check_kind, do_request
from handoff.service import service_of


@described(
    "Ask for the export or the deletion of one's data, or withdraw that",
    takes="customer-http#privacy",
    answers={202: "customer-http#privacy_request"},
    refuses=(403, 409, 429),
)
async def post_privacy(request: Request, conversation_id: str) -> HTTPResponse:
    service, kind = service_of(request), check_kind(json_body(request))
    await service.limits.check("entry", conversation_id, limit=service.settings.messages_per_minute)
    async with service.records.write() as tx:
        registered = await do_request(tx, conversation_id, kind, service.rules)
    return json(registered.public(), status=202)


@described(
    "The export, by the address that the customer was told",
    answers={200: "customer-http#export"},
    parameters=(query("until", "end of the address' life, as it was given"),),
    security=("address",),
)
async def get_export(request: Request, request_no: str) -> HTTPResponse:
    """The file, to whoever has the address that the customer was told in the conversation."""
    service = service_of(request)
    told = arguments(request)
    until, given = told.get("until", ""), told.get("s", "")
    check_export_address(service.settings.secret_key, request_no, until, given, service.clock())
    async with service.records.read() as reader:
        document = await build_export(reader, request_no)
    named = {"Content-Disposition": f'attachment; filename="{request_no}.json"'}
    return json(document, headers=named)
