"""Signed intake over HTTP (H4): the signature is checked over the bytes as they came, before anything is read from them."""

from sanic import HTTPResponse, Request
from sanic.response import json

from handoff.case_record.registration import fill_case
from handoff.channels.intake import check_message, do_take_in
from handoff.channels.signature import HEADER, is_signed
from handoff.edge.http import json_body
from handoff.errors import not_found, unauthorized
from handoff.openapi import described
from handoff.service import service_of

MESSAGES_PER_MINUTE = 600
"""Of one channel: a mailbox that is read again from its start must not drown everybody else."""


async def program_of_channel(request: Request) -> None:
    """Permission of the route table: whoever holds the secret of the channel in the path. 404 for an unknown channel, 401
    for a signature that is missing, wrong or older than five minutes."""
    service = service_of(request)
    secret = service.settings.channel_secrets.get(request.match_info["name"])
    if secret is None:
        raise not_found("没有这个渠道。")
    if not is_signed(secret, request.body, request.headers.get(HEADER), service.clock().timestamp()):
        raise unauthorized("签名不正确或已过期。")


@described(
    "A message that a channel brings; the same external_id again has the same answer",
    takes="case#message",
    answers={202: "case#taken"},
    refuses=(409, 429),
)
async def post_channel_message(request: Request, name: str) -> HTTPResponse:
    """202 `{"case_no"}`, after the commit; the same external_id again gives the same answer."""
    service = service_of(request)
    message = check_message(json_body(request))
    await service.limits.check("intake", name, limit=MESSAGES_PER_MINUTE)
    done = await do_take_in(service.records, name, message)
    if done.fresh:
        service.tasks.start(fill_case(service.records, service.orders, done.case_no))
    return json({"case_no": done.case_no}, status=202)
