"""Is the process alive (`/healthz`), would a customer get a bot answer (`/readyz`), and the metrics for operators."""

import asyncio
import hmac
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST
from redis.exceptions import RedisError
from sanic import HTTPResponse, Request
from sanic.response import json, raw

from handoff.addresses import is_loopback
from handoff.errors import not_found
from handoff.figures import render_figures
from handoff.openapi import Media, described
from handoff.service import Service, service_of
from handoff.store_rules import store_rules
from handoff.telemetry.metrics import render

#: Parts without which customers still get answers.
_DISPENSABLE = frozenset({"redis", "orders", "uploads"})


@described("Whether the process lives", answers={200: "customer-http#alive"})
async def get_healthz(_request: Request) -> HTTPResponse:
    return json({"alive": True})


@described(
    "Whether a customer would get a bot answer",
    answers={200: "customer-http#readiness", 503: "customer-http#readiness"},
)
async def get_readyz(request: Request) -> HTTPResponse:
    """200 only when a customer would get a bot answer; every part says whether it works. `data`: which state of the store's
    rules and texts is in force here.

    Redis, the order system and a bucket for uploads are told but do not count: without Redis chat works (promise 5), without
    the order system policies, people and tickets do, without the bucket everything but pictures and videos; the customer
    hears why the rest waits.
    """
    parts = await readiness(service_of(request))
    failing = [name for name, fine in parts.items() if fine != "ok" and name not in _DISPENSABLE]
    body: dict[str, Any] = {"ready": not failing, "data": store_rules().version, **parts}
    if failing:
        body["failing"] = failing
    return json(body, status=503 if failing else 200)


async def readiness(service: Service) -> dict[str, str]:
    """How each part is, `ok` or `down`: database, bot (at least one with a loaded model), actions, order system (which may
    also say `token_refused`), redis, uploads (a bucket)."""
    checks = {"database": _database(service), "bot": _bot(service)}
    if service.settings.action_url is not None:
        checks["actions"] = service.bots.answers(f"{service.settings.action_url}/ready")
    if service.redis is not None:
        checks["redis"] = _redis(service)
    if service.settings.bucket is not None:
        checks["uploads"] = service.storage.answers()
    asked = service.settings.action_url
    orders = asyncio.create_task(service.bots.told(f"{asked}/orders", "orders")) if asked else None
    results = await asyncio.gather(*checks.values())
    parts = {name: "ok" if fine else "down" for name, fine in zip(checks, results, strict=True)}
    if orders is not None:
        parts["orders"] = await orders
    return parts


@described(
    "Prometheus text, for this machine or the holder of METRICS_TOKEN",
    answers={200: Media("text/plain", {"type": "string"})},
    refuses=(404,),
    security=("metrics",),
)
async def get_metrics(request: Request) -> HTTPResponse:
    """Prometheus text for this machine or the holder of METRICS_TOKEN; for others the address does not exist."""
    settings = service_of(request).settings
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    held = settings.metrics_token
    entitled = (
        bool(held)
        and scheme.lower() == "bearer"
        and hmac.compare_digest(token.strip().encode(), str(held).encode())
    )
    if not entitled and not is_loopback(request, settings):
        raise not_found("没有这个页面。")
    figures = await render_figures(service_of(request))
    return raw(render() + figures, content_type=CONTENT_TYPE_LATEST)


async def _database(service: Service) -> bool:
    try:
        async with asyncio.timeout(3):
            await service.records.check()
    except Exception:
        return False
    return True


async def _bot(service: Service) -> bool:
    return any(await asyncio.gather(*(service.bots.ready(url) for url in service.bots.urls)))


async def _redis(service: Service) -> bool:
    assert service.redis is not None
    try:
        return bool(await service.redis.ping())
    except (RedisError, OSError, TimeoutError):
        return False
