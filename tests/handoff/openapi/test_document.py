"""The OpenAPI document and the running application have the same addresses; nothing in it is kept by a second hand."""

import json
import re
from typing import Any

import pytest
import schemathesis
from jsonschema import Draft202012Validator

from handoff.app import build_app
from handoff.bootstrap import Bootstrap
from handoff.notifications import EVENTS
from handoff.openapi import described, operation_of
from handoff.openapi.document import Undescribed, method_of, openapi, path_of
from handoff.openapi.schemas import UnknownSchema
from handoff.routes import AGENT, ROUTES, Route, everybody, person
from handoff.settings import read_settings
from tests.helpers.contracts import CONTRACTS, examples, validator
from tests.helpers.openapi import document
from tests.helpers.processes import ROOT

Addresses = set[tuple[str, str]]


def test_every_route_says_what_it_takes_and_answers() -> None:
    """The test that fails for a new route without a description: put @described(…) on its handler (CONTRIBUTING.md)."""
    silent = [f"{one.method} {one.path}" for one in ROUTES if operation_of(one.handler) is None]
    assert not silent, f"handlers without @described(…): {silent}"
    openapi()  # and every schema that they name is there


def test_the_document_has_exactly_the_addresses_of_the_running_application(tmp_path: Any) -> None:
    settings = read_settings({"DATA_DIR": str(tmp_path)})
    app = build_app(Bootstrap(settings), "documented")
    app.router.finalize()
    runs: Addresses = {
        (method, re.sub(r"<(\w+):\w+>", r"{\1}", f"/{one.path}"))
        for one in app.router.routes
        for method in one.methods
    }
    told: Addresses = {
        (method.upper(), path) for path, item in document()["paths"].items() for method in item
    }
    assert told == runs
    assert len(told) == len(ROUTES)
    assert told == {(method_of(one).upper(), path_of(one)) for one in ROUTES}
    assert json.loads(app.ctx.openapi) == document()


def test_the_document_is_valid() -> None:
    schemathesis.openapi.from_dict(document()).validate()
    for name, schema in document()["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert re.fullmatch(r"[a-zA-Z0-9._-]+", name)
    ids = [one["operationId"] for item in document()["paths"].values() for one in item.values()]
    assert len(ids) == len(set(ids))


def test_every_reference_leads_somewhere() -> None:
    whole = json.dumps(document())
    for where in set(re.findall(r'"\$ref": "#/([^"]+)"', whole)):
        found: Any = document()
        for key in where.split("/"):
            found = found[key]
        assert found


def test_the_parts_of_the_http_contracts_are_all_used() -> None:
    for name in ("customer-http", "agent-http", "notification"):
        parts = set(json.loads((CONTRACTS / f"{name}.schema.json").read_text(encoding="utf-8"))["$defs"])
        used = {
            key.partition(".")[2] for key in document()["components"]["schemas"] if key.startswith(f"{name}.")
        }
        assert parts == used, f"{name}: {parts ^ used}"


def test_an_undescribed_route_is_named() -> None:
    async def get_something(_request: Any) -> None: ...

    with pytest.raises(Undescribed, match=r"GET /api/v1/something.*get_something"):
        openapi([Route("GET", "/api/v1/something", everybody, get_something)])


def test_a_schema_that_does_not_exist_is_named() -> None:
    @described("…", answers={200: "agent-http#no_such_part"})
    async def get_something(_request: Any) -> None: ...

    with pytest.raises(UnknownSchema, match=r"agent-http.*no_such_part"):
        openapi([Route("GET", "/api/v1/something", everybody, get_something)])


def test_a_permission_brings_its_credentials_and_refusals() -> None:
    @described("…", answers={200: "agent-http#nothing"})
    async def post_something(_request: Any) -> None: ...

    told = openapi([Route("POST", f"{AGENT}/something/<one:str>", person, post_something)])
    operation = told["paths"][f"{AGENT}/something/{{one}}"]["post"]
    assert operation["security"] == [{"session": [], "csrf": []}]
    assert {"200", "401", "403", "404", "413", "503"} <= set(operation["responses"])


def test_each_event_of_the_outbox_is_described_everywhere() -> None:
    assert set(document()["webhooks"]) == set(EVENTS)
    page = (ROOT / "docs/notifications.md").read_text(encoding="utf-8")
    table = page[page.index("| event | data |") : page.index("No event holds")]
    assert set(re.findall(r"`([a-z]+\.[a-z]+)`", table)) == set(EVENTS)
    shown = {one["event"] for one in examples("notification")}
    assert shown == set(EVENTS)
    assert all(not list(validator("notification").iter_errors(one)) for one in examples("notification"))
