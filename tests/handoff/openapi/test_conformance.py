"""The running service does what its OpenAPI document says: schemathesis asks every address, as everybody who may, well and badly.

The same requests in every run; `ANKE_SEARCH=200` asks so many of each kind instead (tests/conftest.py).
"""

import copy
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from handoff.routes import AGENT
from tests.handoff.openapi.callers import (
    CHANNEL,
    Caller,
    customer,
    logged_in,
    with_a_customer,
    with_a_pick,
    with_an_account,
)
from tests.helpers.handoff_service import HandoffService
from tests.helpers.openapi import JSON, check_exchange, cleaned, document, mistakes

EXAMPLES = int(os.environ.get("ANKE_SEARCH", "6"))
"""Requests of each kind for each address and caller."""
KINDS = {"well": GenerationMode.POSITIVE, "badly": GenerationMode.NEGATIVE}
SOCKET = "x-frames"
ALWAYS = [not_a_server_error, status_code_conformance, response_schema_conformance]


_OFFICE = (
    ("notifications", ["admin"]),
    ("accounts", ["admin"]),
    ("audit", ["admin"]),
    ("wall", ["boss"]),
    ("figures", ["boss"]),
    ("quality", ["boss"]),
    ("findings/{finding_id}", ["designer1"]),
    ("findings", ["designer1", "boss"]),
    ("misses", ["designer1"]),
    ("conversations/{conversation_id}/take-over", ["boss"]),
    ("conversations/{conversation_id}/whisper", ["boss"]),
)
"""Who has the right that an address of an office needs."""


def _callers(operation: dict[str, Any], path: str) -> list[str]:
    """Who asks: everybody whose credentials the address takes."""
    schemes = {name for one in operation.get("security", ()) for name in one}
    if "session" in schemes:
        return next(
            (who for start, who in _OFFICE if path.startswith(f"{AGENT}/{start}")), ["agent1", "boss"]
        )
    return (
        ["customer"] if "conversation" in schemes else ["channel"] if "signature" in schemes else ["nobody"]
    )


def _says_something(operation: dict[str, Any]) -> bool:
    """Whether a caller could say it badly: a body, or more than which thing it is about. (Only the first of the callers does: what
    cannot be read is refused whoever says it.)"""
    return "requestBody" in operation or any(one["in"] != "path" for one in operation.get("parameters", ()))


ASKED = [
    pytest.param(method, path, who, kind, id=f"{operation['operationId']}-{who}-{kind}")
    for path, item in document()["paths"].items()
    for method, operation in item.items()
    for who in _callers(operation, path)
    for kind in KINDS
    if SOCKET not in operation
    and (kind == "well" or (who == _callers(operation, path)[0] and _says_something(operation)))
]


@cache
def _schema() -> Any:
    """Without the credentials: every caller brings their own."""
    told = copy.deepcopy(document())
    for item in told["paths"].values():
        for operation in item.values():
            operation.pop("security", None)
    return schemathesis.openapi.from_dict(told)


@pytest.fixture(scope="module")
def http(described_service: HandoffService) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=described_service.url, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def people(http: httpx.Client) -> dict[str, Caller]:
    return {name: logged_in(http, name) for name in ("agent1", "boss", "designer1", "admin")}


@pytest.fixture
def caller(request: pytest.FixtureRequest, http: httpx.Client, people: dict[str, Caller]) -> Caller:
    """The one that the parameter `who` names, with something to work on that no other test has touched."""
    who, path = request.getfixturevalue("who"), request.getfixturevalue("path")
    if who in people:
        mine = logged_in(http, who) if path.endswith("/logout") else people[who]
        if "{account_id}" in path:
            return with_an_account(http, mine)
        if "{pick_id}" in path or "{finding_id}" in path:
            made = with_a_pick(http, people["boss"])
            return Caller(who, mine.headers, made.path)
        return mine if who in ("admin", "designer1") else with_a_customer(http, mine)
    if who == "customer":
        return customer(http)
    return Caller(who, path={"name": CHANNEL} if who == "channel" else {})


@pytest.mark.parametrize(("method", "path", "who", "kind"), ASKED)
def test_it_answers_as_described(
    method: str, path: str, who: str, kind: str, caller: Caller, described_service: HandoffService
) -> None:
    operation = _schema()[path][method.upper()]
    told = document()["paths"][path][method]
    named = [one["name"] for one in told.get("parameters", ()) if one["in"] == "path"]
    # what the caller really has: the request then comes past "not yours" to what the address does
    theirs = {name: caller.path[name] for name in named} if set(named) <= caller.path.keys() else None

    @settings(
        max_examples=EXAMPLES,
        derandomize="ANKE_SEARCH" not in os.environ,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # a failure is told as it was found: finding a shorter one takes minutes
    )
    @given(case=operation.as_strategy(generation_mode=KINDS[kind], path_parameters=theirs))
    def ask(case: Case) -> None:
        _make_it_theirs(case, caller, kind)
        answer = case.call(base_url=described_service.url, headers=caller.headers)
        bad = kind == "badly" and not _is_mended_by_cleaning(case, told)
        case.validate_response(answer, checks=[*ALWAYS, negative_data_rejection] if bad else ALWAYS)
        _check(answer)

    ask()


def _make_it_theirs(case: Case, caller: Caller, kind: str) -> None:
    """Half of those that ask well know the epoch of what they have in hand."""
    if kind == "well" and isinstance(case.body, dict) and case.body.get("epoch", 1) % 2 == 0:
        case.body["epoch"] = caller.epoch
    if "wait" in case.query:
        case.query["wait"] = 0  # nobody waits here for news
    if caller.name == "channel":
        caller.sign(case.as_transport_kwargs().get("data") or b"")


def _is_mended_by_cleaning(case: Case, told: dict[str, Any]) -> bool:
    """Texts that are too long only with what is stripped from them."""
    body = told.get("requestBody", {}).get("content", {}).get(JSON)
    asked = [one for one in told.get("parameters", ()) if one["in"] == "query"]
    query = {
        "type": "object",
        "properties": {one["name"]: one["schema"] for one in asked},
        "required": [one["name"] for one in asked if one["required"]],
    }
    if mistakes(query, cleaned(dict(case.query))):
        return False
    return body is None or (isinstance(case.body, dict) and not mistakes(body["schema"], cleaned(case.body)))


def _check(answer: Any) -> None:
    sent = answer.request.body
    address, _, query = answer.request.url.partition("://")[2].partition("/")[2].partition("?")
    check_exchange(
        answer.request.method,
        f"/{address}",
        query,
        sent if isinstance(sent, bytes) else None,
        answer.status_code,
        (answer.headers.get("content-type") or [""])[0],
        answer.content,
        strangers=True,  # parameters that nobody knows are sent here on purpose, and ignored
    )


SECURED = [
    pytest.param(method.upper(), path, operation, id=operation["operationId"])
    for path, item in document()["paths"].items()
    for method, operation in item.items()
    if operation.get("security") and SOCKET not in operation and path != "/metrics"
]


@pytest.mark.parametrize(("method", "path", "operation"), SECURED)
def test_credentials_are_needed_where_the_document_says_so(
    method: str, path: str, operation: dict[str, Any], http: httpx.Client, people: dict[str, Caller]
) -> None:
    mine = people["boss"]
    asked = path.format(conversation_id="c_0", case_no="CS0", reply_id="y_0", event_id="e_0", upload_id="u_0",
                        pick_id="q_0", finding_id="f_0", account_id="a_0", other_id="c_1", episode="1", seq="1",
                        request_no="PD0", reminder_id="r_0", name=CHANNEL)  # fmt: skip
    nobody = http.request(method, asked)
    assert nobody.status_code in {401, 404}, nobody.text
    schemes = {name for one in operation["security"] for name in one}
    assert (nobody.status_code == 401) or "address" in schemes
    if "csrf" in schemes:
        unsafe = http.request(method, asked, headers={"Cookie": mine.headers["Cookie"]})
        assert (unsafe.status_code, unsafe.json()["error"]["code"]) == (403, "forbidden")


def test_every_refusal_has_the_one_form(http: httpx.Client, people: dict[str, Caller]) -> None:
    mine = people["agent1"].headers
    refused = [
        http.get("/api/v1/nothing-here"),
        http.get("/nothing-here"),
        http.post("/api/v1/conversations", content=b"{", headers={"Content-Type": "application/json"}),
        http.post("/api/v1/conversations", content=b"x" * 300_000),
        http.get("/api/v1/agent/me"),
        http.get("/api/v1/agent/notifications", headers=mine),
        http.get("/api/v1/agent/conversations/c_0/record", headers=mine),
        http.get("/api/v1/agent/queue", headers={**mine, "Origin": "https://elsewhere.example"}),
        http.get("/api/v1/ws"),
        *(
            http.request("DELETE", path.replace("{", "").replace("}", ""), headers=mine)
            for path in document()["paths"]
        ),
    ]
    for answer in refused:
        assert 400 <= answer.status_code < 500, (answer.url, answer.status_code)
        told = answer.json()
        assert told.keys() == {"error"}, (answer.url, told)
        assert told["error"].keys() == {"code", "message"}
        assert told["error"]["code"].replace("_", "").isalpha()
        assert any("\u4e00" <= one <= "\u9fff" for one in told["error"]["message"])


@pytest.mark.parametrize(
    "address",
    [
        f"cases?limit={'9' * 5000}",
        "cases?limit=٣",
        "cases?order_no=",
        "cases?after=",
        "conversations?scope=",
        "queue/more?after=waiting~~~253402300799999999~c_1",
        "conversations/c_0/log?after=1_0",
        "conversations/c_0/log?wait=nan",
        "search?q=",
    ],
)
def test_a_parameter_that_means_nothing_is_refused(
    address: str, http: httpx.Client, people: dict[str, Caller]
) -> None:
    answer = http.get(f"/api/v1/agent/{address}", headers=people["agent1"].headers)
    assert answer.status_code == 422, answer.text


def test_nobody_is_held_until_another_millennium(http: httpx.Client, people: dict[str, Caller]) -> None:
    mine = with_a_customer(http, people["agent1"])
    where = f"/api/v1/agent/conversations/{mine.path['conversation_id']}/hold"
    for until in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        answer = http.post(where, json={"epoch": mine.epoch, "until": until}, headers=mine.headers)
        assert answer.status_code == 422, answer.text


def test_the_document_is_served(http: httpx.Client) -> None:
    answer = http.get("/api/v1/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == document()
