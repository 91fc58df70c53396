"""Administration over HTTP: thin handlers."""

from sanic import HTTPResponse, Request
from sanic.response import json

from handoff.administration.accounts import (
    accounts,
    check_profile,
    check_username,
    do_change,
    do_create,
    do_disable,
    do_reset,
)
from handoff.administration.audit_view import MOST_ROWS, Wanted, audit_page, check_after
from handoff.auth.guard import session_of
from handoff.edge.http import arguments, json_body
from handoff.openapi import described, query
from handoff.oversight.found import check_days, span_of_days
from handoff.oversight.http import code_of, code_parameter, day_parameters
from handoff.oversight.table import CSV, csv_file
from handoff.records.audit import note_audit
from handoff.service import service_of

ASKED = (
    *day_parameters("all days unless said otherwise"),
    code_parameter("who", "an account's id, or system"),
    code_parameter("action", "what was done"),
)


@described("Everybody who has an account", answers={200: "agent-http#accounts"})
async def get_accounts(request: Request) -> HTTPResponse:
    service = service_of(request)
    usual = service.policy.routing.push.capacity
    async with service.records.read() as reader:
        return json({"items": await accounts(reader), "usual_capacity": usual})


@described(
    "A new account and the link to choose a password",
    takes="agent-http#newcomer",
    answers={201: "agent-http#account_made"},
    refuses=(409,),
)
async def post_account(request: Request) -> HTTPResponse:
    service, body = service_of(request), json_body(request)
    username, profile = check_username(body), check_profile(body, service.rules)
    agent = session_of(request).agent
    return json(await do_create(service.records, service.settings, agent, username, profile), status=201)


@described(
    "Change a person's name, role, groups, skills, capacity",
    takes="agent-http#profile",
    answers={200: "agent-http#nothing"},
    refuses=(409,),
)
async def post_account_change(request: Request, account_id: str) -> HTTPResponse:
    service = service_of(request)
    profile = check_profile(json_body(request), service.rules)
    await do_change(service.records, session_of(request).agent, account_id, profile)
    return json({})


@described("Close an account", answers={200: "agent-http#nothing"}, refuses=(409,))
async def post_account_disable(request: Request, account_id: str) -> HTTPResponse:
    await do_disable(service_of(request).records, session_of(request).agent, account_id)
    return json({})


@described(
    "A new link to choose a password; a closed account is open again",
    answers={200: "agent-http#account_link"},
    refuses=(409,),
)
async def post_account_reset(request: Request, account_id: str) -> HTTPResponse:
    service = service_of(request)
    return json(await do_reset(service.records, service.settings, session_of(request).agent, account_id))


@described(
    "Who did what, newest first",
    answers={200: "agent-http#audit"},
    parameters=(*ASKED, query("after", "`next` of the page before", minLength=1)),
)
async def get_audit(request: Request) -> HTTPResponse:
    after = check_after(arguments(request).get("after"))
    async with service_of(request).records.read() as reader:
        return json(await audit_page(reader, _wanted(request), after))


@described("The same as a table, audited", answers={200: CSV}, parameters=ASKED)
async def get_audit_csv(request: Request) -> HTTPResponse:
    """At most MOST_ROWS lines, newest first."""
    async with service_of(request).records.read() as reader:
        found = await audit_page(reader, _wanted(request), limit=MOST_ROWS)
    async with service_of(request).records.write() as tx:
        await note_audit(tx, session_of(request).agent.id, "audit_exported", None, rows=len(found["items"]))
    return csv_file(
        "anke-audit.csv",
        ["时间（UTC）", "谁", "动作", "会话", "账号", "详情"],
        [
            [
                one["at"],
                one["who_name"] or one["who"] or "命令行",
                one["action"],
                one["conversation_id"],
                one["account_name"] or one["account"],
                "；".join(f"{name}={value}" for name, value in one["detail"].items()),
            ]
            for one in found["items"]
        ],
    )


@described("The rules in force", answers={200: "agent-http#rules"})
async def get_rules(request: Request) -> HTTPResponse:
    return json(await service_of(request).rules_view.read())


def _wanted(request: Request) -> Wanted:
    service, told, span = service_of(request), arguments(request), None
    if "from" in told or "to" in told:
        days = check_days(told.get("from"), told.get("to"), service.history.today())
        span = span_of_days(*days, service.rules.tz)
    return Wanted(span, code_of(request, "who"), code_of(request, "action"))
