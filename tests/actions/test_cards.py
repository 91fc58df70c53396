"""Cards: what a verified customer may see of an order, a parcel and a request, and never contact data (H7)."""

import json
from typing import Any

import pytest

from actions import cards
from actions.store import Store
from dialogue.outcome import Card
from tests.actions.conftest import Talk

CONTACT = ("13800001234", "13500009753", "张伟", "wang@example.com", "省")


async def shown(talk: Talk, intent: str, text: str) -> dict[str, Any]:
    said = await talk.say(intent, text)
    (card,) = said.cards
    return card


async def test_an_order_with_its_money_and_content(talk: Talk) -> None:
    card = await shown(talk, "order_query", "202611010001 1234 查订单")
    assert (card["card"], card["state"], card["state_name"]) == ("order", "paid", "已付款，待发货")
    assert card["total"] == "579.00"
    assert [one["name"] for one in card["items"]] == ["羽绒服"]
    assert card["paid_at"].endswith("Z")
    assert card["signed_at"] is None


async def test_a_parcel_newest_scan_first(talk: Talk) -> None:
    card = await shown(talk, "track_parcel", "202611010007 1357 到哪了")
    assert card["card"] == "logistics"
    assert card["stalled"] is True
    times = [one["at"] for one in card["scans"]]
    assert times == sorted(times, reverse=True)


async def test_a_request_with_what_happens_next(talk: Talk) -> None:
    await talk.say("cancel_order", "202611010001 1234 取消订单")
    card = await shown(talk, "affirm", "确认取消")
    assert (card["card"], card["kind"], card["kind_name"]) == ("request", "cancel", "取消订单")
    assert card["request_no"].startswith("CC")
    assert card["next"]


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("order_query", "202611010001 1234 查订单"),
        ("track_parcel", "202611010009 9753 到哪了"),
        ("track_parcel", "202611010007 1357 到哪了"),
    ],
)
async def test_no_card_carries_contact_data(talk: Talk, intent: str, text: str) -> None:
    said = await talk.say(intent, text)
    written = json.dumps(said.cards, ensure_ascii=False)
    assert said.cards
    assert not [one for one in CONTACT if one in written]


async def test_a_card_is_built_from_the_order_systems_own_data(store: Store) -> None:
    order = await store.orders.order("202611010003")
    assert order is not None
    built = cards.build(Card("order", order), store.dialogue)
    assert built["items"][0]["price"] == f"{order.items[0].price:.2f}"
    assert "phone" not in built
