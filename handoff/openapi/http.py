"""The document over HTTP."""

from sanic import HTTPResponse, Request
from sanic.response import raw

from handoff.openapi.described import Media, described

JSON = "application/json"


@described(
    "This document: OpenAPI 3.1 of every address of the service",
    answers={200: Media(JSON, {"type": "object"})},
)
async def get_openapi(request: Request) -> HTTPResponse:
    """It depends on the version of the service only; every worker has it ready."""
    document: bytes = request.app.ctx.openapi
    return raw(document, content_type=JSON, headers={"Cache-Control": "no-cache"})
