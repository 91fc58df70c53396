"""A slow or dead order system is a state of the dialogue: said within the patience, policies go on, nothing is written twice."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import pytest

from actions.store import Store, use_store
from aftersales.order_system.port import Unavailable
from tests.actions.conftest import Talk

AWAY = "utter_orders_away"


@dataclass
class Failing:
    """An order system before which something stands: `slow` never answers, `dead` fails at once, `lost` does the write and
    loses its answer; None lets everything through."""

    real: Any
    way: str | None = None

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.real, name)

        async def call(*arguments: Any, **named: Any) -> Any:
            if self.way == "slow":
                await asyncio.Event().wait()
            if self.way == "dead":
                raise Unavailable("order_system_unreachable", "暂时连不上订单系统，请稍后再试。")
            answer = await method(*arguments, **named)
            if self.way == "lost" and name == "cancel":
                raise Unavailable("order_system_timeout", "订单系统没有及时响应，请稍后再试。")
            return answer

        return call


@pytest.fixture
def orders(store: Store) -> Failing:
    failing = Failing(store.orders)
    use_store(replace(store, orders=failing))
    return failing


def goes(orders: Failing, way: str, store: Store) -> None:
    """From now on it is `way`; only who never answers is waited for in vain."""
    orders.way = way
    use_store(replace(store, orders=orders, patience=0.2 if way == "slow" else store.patience))


@pytest.mark.parametrize("way", ["slow", "dead"])
async def test_the_customer_hears_it_at_once_with_a_way_on(
    talk: Talk, orders: Failing, store: Store, way: str
) -> None:
    goes(orders, way, store)
    began = asyncio.get_running_loop().time()
    said = await talk.say("track_parcel", "202611010002 1234 到哪了")
    assert said.responses == [AWAY]
    assert asyncio.get_running_loop().time() - began < 2
    assert said.handed() is None


@pytest.mark.parametrize("way", ["slow", "dead"])
async def test_policies_people_and_talk_go_on(talk: Talk, orders: Failing, store: Store, way: str) -> None:
    await talk.say("order_query", "202611010003 5678 查订单")
    goes(orders, way, store)
    policy = await talk.say("return_policy", "七天无理由退货怎么算")
    assert policy.responses
    assert policy.responses[0] == "utter_policy_return"
    assert AWAY not in (await talk.say("warranty_policy", "保修多久")).responses
    assert AWAY not in (await talk.say("thanks", "谢谢")).responses
    assert (await talk.say("ask_human", "转人工")).handed() == "requested"


async def test_after_it_the_customer_is_still_known(talk: Talk, orders: Failing) -> None:
    await talk.say("order_query", "202611010003 5678 查订单")
    orders.way = "dead"
    assert (await talk.say("return_request", "我要退货")).responses == [AWAY]
    orders.way = None
    again = await talk.say("return_request", "我要退货")
    assert "utter_ask_reason" in again.responses


async def test_a_write_whose_answer_was_lost_is_made_once(talk: Talk, orders: Failing, store: Store) -> None:
    await talk.say("cancel_order", "202611010001 1234 取消订单")
    orders.way = "lost"
    assert (await talk.say("affirm", "确认取消")).responses == [AWAY]
    orders.way = None
    done = await talk.say("affirm", "确认取消")
    assert [one["effect"] for one in done.effects] == ["order_cancelled"]
    assert len(await store.orders.requests_of("202611010001")) == 1


async def test_a_ticket_can_be_left(talk: Talk, orders: Failing) -> None:
    orders.way = "dead"
    await talk.say("track_parcel", "202611010002 1234 到哪了")
    left = await talk.press("start", "留言", flow="leave_message")
    (ticket,) = [one for one in left.commands if one["command"] == "ticket"]
    assert "到哪了" in ticket["facts"]["description"]
