"""Privacy requests over HTTP: thin handlers."""

from sanic import HTTPResponse, Request
from sanic.response import json

from handoff.edge.http import json_body
from handoff.privacy.address import check_export_address
from handoff.privacy.export import build_export
from handoff.privacy.requests import check_kind, do_request
from handoff.service import service_of


async def post_privacy(request: Request, conversation_id: str) -> HTTPResponse:
    service, kind = service_of(request), check_kind(json_body(request))
    await service.limits.check("entry", conversation_id, limit=service.settings.messages_per_minute)
    async with service.records.write() as tx:
        registered = await do_request(tx, conversation_id, kind, service.rules)
    return json(registered.public(), status=202)


async def get_export(request: Request, request_no: str) -> HTTPResponse:
    """The file, to whoever has the address that the customer was told in the conversation."""
    service = service_of(request)
    until, given = request.args.get("until", ""), request.args.get("s", "")
    check_export_address(service.settings.secret_key, request_no, until, given, service.clock())
    async with service.records.read() as reader:
        document = await build_export(reader, request_no)
    named = {"Content-Disposition": f'attachment; filename="{request_no}.json"'}
    return json(document, headers=named)
