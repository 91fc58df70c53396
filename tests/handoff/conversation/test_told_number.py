"""Which number of a message is one to be called at."""

from types import SimpleNamespace
from typing import Any

import pytest

from aftersales.masking import phones_in
from handoff.conversation import State
from handoff.turns.told_contact import told_number


def talk(state: State = State.WAITING, **customer: Any) -> Any:
    return SimpleNamespace(state=state, customer=customer)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("能不能给我打个电话 13800135678", "13800135678"),
        ("138 0013 5678", "13800135678"),
        ("+86 138-0013-5678 打我", "13800135678"),
        ("请回电 010-12345678", "010-12345678"),
        ("别打13800135678，打13900001111", "13900001111"),
        ("收货电话改成13800135678", None),
        ("收货人联系不上就打13800135678", "13800135678"),
        ("订单202611010009", None),
        ("快递单号1380013567812", None),
        ("尾号5678", None),
    ],
)
def test_a_number_that_is_not_one_to_deliver_to(text: str, number: str | None) -> None:
    assert told_number(text, talk()) == number


def test_who_fills_in_a_form_of_the_bot_changes_no_contact() -> None:
    known = talk(State.BOT, verified=True, phone="13500001234")
    assert told_number("13800135678", known) is None
    assert told_number("打我13800135678", known) == "13800135678"
    assert told_number("13800135678", talk(State.HUMAN, verified=True)) == "13800135678"


def test_an_id_card_holds_no_phone() -> None:
    assert phones_in("110105199901013456 和 6222021380013567894") == []
