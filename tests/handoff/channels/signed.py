"""A program of the store that brings messages, as an integrator writes one by docs/protocol.md: signed by hand."""

import hashlib
import hmac
import json
import time
from typing import Any

import httpx

SECRET = "mail-secret-for-tests-0123456789"
OTHER = "weibo-secret-for-tests-987654321"
SECRETS = f"mail={SECRET}, weibo={OTHER}"


def header(body: bytes, secret: str = SECRET, at: int | None = None) -> str:
    at = int(time.time()) if at is None else at
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


async def bring(
    http: httpx.AsyncClient,
    message: Any,
    *,
    channel: str = "mail",
    secret: str = SECRET,
    at: int | None = None,
) -> httpx.Response:
    """Posts the message as its channel's program does."""
    body = json.dumps(message, ensure_ascii=False).encode()
    return await http.post(
        f"/api/v1/channels/{channel}/messages",
        content=body,
        headers={"Content-Type": "application/json", "X-Anke-Signature": header(body, secret, at)},
    )
