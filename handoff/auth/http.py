"""Login, logout and who am I, over HTTP."""

from typing import Any

from sanic import HTTPResponse, Request
from sanic.response import json

from handoff.addresses import client_address, is_loopback
from handoff.auth.guard import check_origin, session_of
from handoff.auth.invitation import do_accept
from handoff.auth.login import do_login
from handoff.auth.own_password import do_change_password
from handoff.auth.roles import Agent
from handoff.auth.sessions import COOKIE, LONGEST, do_end_session
from handoff.edge.http import json_body
from handoff.errors import invalid
from handoff.openapi import described
from handoff.service import Service, service_of
from handoff.store_rules import store_rules

LOGINS_PER_MINUTE = 30
"""From one address: a team behind one office address logs in at the start of a shift."""


@described(
    "Log in: sets the session cookie",
    takes="agent-http#login",
    answers={200: "agent-http#entry"},
    refuses=(401, 403, 429),
)
async def post_login(request: Request) -> HTTPResponse:
    """`{"username","password"}` → session cookie and `{"csrf","agent","time_zone","names","owner_gone_seconds"}`."""
    service = service_of(request)
    check_origin(request)
    address = client_address(request, service.settings)
    if not is_loopback(request, service.settings):
        await service.limits.check("login", address, limit=LOGINS_PER_MINUTE)
    body = json_body(request)
    if not isinstance(body, dict):
        raise invalid("请输入用户名和密码。")
    done = await do_login(service.records, body.get("username"), body.get("password"), address)
    response = json(_entry(service, done.csrf, done.agent))
    response.add_cookie(
        COOKIE,
        done.cookie,
        path="/api/v1",
        httponly=True,
        samesite="Strict",
        secure=_is_https(request),
        max_age=int(LONGEST.total_seconds()),
    )
    return response


@described(
    "Choose a password by a one-time link",
    takes="agent-http#new_password",
    answers={200: "agent-http#username"},
    refuses=(403, 404, 429),
)
async def post_password(request: Request) -> HTTPResponse:
    """`{"code","password"}` of a one-time link → `{"username"}`; the person then logs in as always."""
    service = service_of(request)
    check_origin(request)
    if not is_loopback(request, service.settings):
        address = client_address(request, service.settings)
        await service.limits.check("login", address, limit=LOGINS_PER_MINUTE)
    body = json_body(request)
    if not isinstance(body, dict):
        raise invalid("请输入新密码。")
    secret = service.settings.secret_key
    return json(
        {"username": await do_accept(service.records, secret, body.get("code"), body.get("password"))}
    )


@described(
    "Change one's own password; every other session of the account ends",
    takes="agent-http#own_password",
    answers={200: "agent-http#nothing"},
    refuses=(403, 429),
)
async def post_own_password(request: Request) -> HTTPResponse:
    """`{"old","password"}`."""
    service, body = service_of(request), json_body(request)
    if not isinstance(body, dict):
        raise invalid("请输入现在的密码和新密码。")
    address = client_address(request, service.settings)
    await do_change_password(
        service.records, session_of(request), body.get("old"), body.get("password"), address
    )
    return json({})


@described("Who is logged in, and the CSRF token again", answers={200: "agent-http#entry"})
async def get_me(request: Request) -> HTTPResponse:
    session = session_of(request)
    return json(_entry(service_of(request), session.csrf, session.agent))


@described("End the session", answers={200: "agent-http#nothing"})
async def post_logout(request: Request) -> HTTPResponse:
    await do_end_session(service_of(request).records, session_of(request))
    response = json({})
    response.delete_cookie(COOKIE, path="/api/v1")
    return response


def _entry(service: Service, csrf: str, agent: Agent) -> dict[str, Any]:
    """What a console needs to begin: the store's time zone too, so that its times agree with the bot's words, the names of codes
    as the store gives them now, for how long a message can be taken back, and after how many seconds of absence customers go back to the queue."""
    return {
        "csrf": csrf,
        "agent": agent.public(),
        "time_zone": service.settings.store_tz,
        "names": store_rules().names(),
        "recall_seconds": store_rules().policy.routing.recall,
        "owner_gone_seconds": service.policy.limits.waiting.owner_gone_seconds,
    }


def _is_https(request: Request) -> bool:
    """Whether the browser came by https: the scheme a proxy tells us can only make the cookie stricter."""
    return request.scheme == "https" or request.headers.get("x-forwarded-proto", "").lower() == "https"
