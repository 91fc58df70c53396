"""THE route table: every address of the service, who may use it, and what answers. Nothing is routed anywhere else."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sanic import Request

from handoff.gateway import http as customer
from handoff.gateway.socket import customer_socket
from handoff.health import get_healthz, get_metrics, get_readyz
from handoff.pages import get_console, get_console_file, get_static_file, get_store, get_widget

Permission = Callable[[Request], Awaitable[None]]
"""Looks at the request before its handler; raises ApiError when the caller may not."""


async def everybody(_request: Request) -> None:
    """Permission: no credentials needed."""


@dataclass(frozen=True)
class Route:
    method: str
    """GET, POST …, or SOCKET; a socket's handler checks its own first frame and Origin."""
    path: str
    permission: Permission
    handler: Callable[..., Any]


CONVERSATION = "/api/v1/conversations/<conversation_id:str>"

ROUTES: list[Route] = [
    # operators
    Route("GET", "/healthz", everybody, get_healthz),
    Route("GET", "/readyz", everybody, get_readyz),
    Route("GET", "/metrics", everybody, get_metrics),  # loopback or token, else 404: checked inside
    # pages
    Route("GET", "/", everybody, get_store),
    Route("GET", "/widget.js", everybody, get_widget),
    Route("GET", "/console", everybody, get_console),
    Route("GET", "/console/<path:path>", everybody, get_console_file),
    Route("GET", "/<path:path>", everybody, get_static_file),
    # customers
    Route("POST", "/api/v1/conversations", everybody, customer.post_conversation),
    Route("POST", f"{CONVERSATION}/messages", customer.customer_of_conversation, customer.post_message),
    Route("GET", f"{CONVERSATION}/log", customer.customer_of_conversation, customer.get_log),
    Route("POST", f"{CONVERSATION}/human", customer.customer_of_conversation, customer.post_human),
    Route(
        "POST", f"{CONVERSATION}/leave-queue", customer.customer_of_conversation, customer.post_leave_queue
    ),
    Route("POST", f"{CONVERSATION}/rating", customer.customer_of_conversation, customer.post_rating),
    Route("SOCKET", "/api/v1/ws", everybody, customer_socket),
]
