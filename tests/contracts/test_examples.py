"""Every schema is a valid schema, and its examples are valid messages."""

import pytest
from jsonschema import Draft202012Validator

from tests.helpers.contracts import CONTRACTS, assert_contract, examples, validator

SCHEMAS = sorted(file.name.removesuffix(".schema.json") for file in CONTRACTS.glob("*.schema.json"))
EXAMPLES = sorted(file.name.removesuffix(".example.json") for file in CONTRACTS.glob("*.example.json"))


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_is_valid(name: str) -> None:
    Draft202012Validator.check_schema(validator(name).schema)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_are_valid(name: str) -> None:
    for message in examples(name):
        assert_contract(name, message)


def test_messages_between_our_processes_have_examples() -> None:
    spoken = {
        "turn-request",
        "turn-response",
        "customer-frames",
        "agent-frames",
        "log-item",
        "log-page",
        "handoff-record",
        "case",
    }
    assert spoken <= set(EXAMPLES)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "log-item",
            {
                "seq": 0,
                "at": "2026-11-22T06:00:00.000Z",
                "sender": "bot",
                "kind": "text",
                "body": {"text": "x"},
            },
        ),
        (
            "log-item",
            {"seq": 1, "at": "2026-11-22 06:00", "sender": "bot", "kind": "text", "body": {"text": "x"}},
        ),
        (
            "log-item",
            {"seq": 1, "at": "2026-11-22T06:00:00.000Z", "sender": "bot", "kind": "text", "body": {}},
        ),
        ("customer-frames", {"type": "ack", "client_msg_id": "m"}),
        ("customer-frames", {"type": "hello", "token": "t", "after": -1}),
        ("turn-request", {"protocol": 1}),
        ("turn-response", {"protocol": 2, "turn_id": "t"}),
    ],
)
def test_wrong_messages_are_refused(name: str, message: object) -> None:
    with pytest.raises(AssertionError, match=name):
        assert_contract(name, message)
