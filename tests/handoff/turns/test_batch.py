"""Which messages make one turn, and what the bot is told about them."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from handoff.records import Item
from handoff.turns.batch import BATCH_CHARACTERS, BATCH_TEXTS, next_batch, turn_input


def item(seq: int, kind: str, body: dict[str, Any]) -> Item:
    return Item(
        "c", seq, datetime.now(UTC), 1, "customer", None, kind, body, str(seq), None, None, None, None, None
    )


def texts(*words: str) -> list[Item]:
    return [item(index, "text", {"text": one}) for index, one in enumerate(words, 1)]


def test_texts_are_joined_up_to_five() -> None:
    batch = next_batch(texts("a", "b", "c", "d", "e", "f"))
    assert len(batch) == BATCH_TEXTS
    assert turn_input(batch, {}) == {"kind": "text", "text": "a\nb\nc\nd\ne"}


def test_texts_are_joined_up_to_a_thousand_characters_but_a_long_one_goes_alone() -> None:
    assert len(next_batch(texts("a" * 600, "b" * 400))) == 1
    assert len(next_batch(texts("a" * 600, "b" * 399))) == 2
    assert len(next_batch(texts("a" * 4000, "b"))) == 1


def test_a_button_or_a_file_is_a_turn_of_its_own() -> None:
    button = item(2, "button", {"button_id": "b1", "label": "是"})
    picture = item(3, "image", {"upload_id": "u1", "text": "看"})
    first = item(1, "text", {"text": "a"})
    assert next_batch([first, button, picture]) == [first]
    assert next_batch([button, picture]) == [button]
    assert next_batch([picture, first]) == [picture]
    assert next_batch([]) == []
    assert turn_input([picture], {}) == {"kind": "image", "upload_id": "u1", "text": "看"}


def test_an_old_button_counts_as_its_label_typed() -> None:
    button = item(1, "button", {"button_id": "b1", "label": "是"})
    live = {"b1": {"label": "是", "payload": "/affirm"}}
    assert turn_input([button], live) == {"kind": "button", "label": "是", "payload": "/affirm"}
    assert turn_input([button], {"b2": live["b1"]}) == {"kind": "text", "text": "是"}


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 1200)), max_size=12))
def test_every_message_is_in_exactly_one_batch_in_order(shapes: list[tuple[bool, int]]) -> None:
    pending = [
        item(seq, "text", {"text": "x" * length})
        if is_text
        else item(seq, "button", {"button_id": "b", "label": "l"})
        for seq, (is_text, length) in enumerate(shapes, 1)
    ]
    taken: list[Item] = []
    while rest := pending[len(taken) :]:
        batch = next_batch(rest)
        assert batch == rest[: len(batch)]
        assert 1 <= len(batch) <= BATCH_TEXTS
        if len(batch) > 1:
            assert all(one.kind == "text" for one in batch)
            assert len(turn_input(batch, {})["text"]) <= BATCH_CHARACTERS
        taken += batch
    assert taken == pending


def test_a_label_that_is_typed_counts_as_pressing_it() -> None:
    live = {"b1": {"label": "确认修改", "payload": "/affirm"}}
    pressed = {"kind": "button", "label": "确认修改", "payload": "/affirm"}
    assert turn_input(texts("确认修改"), live) == pressed
    assert turn_input(texts(" “确认修改”。"), live) == pressed
    assert turn_input(texts("确认修改 地址"), live)["kind"] == "text"
    assert turn_input(texts("确认修改", "快点"), live)["kind"] == "text"
    assert turn_input(texts("确认修改"), {})["kind"] == "text"
