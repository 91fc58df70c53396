"""The runner: what is needed is fetched once, a write is made once however often the turn is taken, a refusal is an answer."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from actions import runner
from actions.store import Store
from aftersales.order_system.port import Refused, Unavailable
from dialogue.message import Circumstances, Message
from dialogue.outcome import Say
from dialogue.outside import Missing, Need
from dialogue.readers import table
from dialogue.reading import Reading
from dialogue.scene import Scene
from tests.actions.conftest import Talk

AT = Circumstances("t_1", "c_1", datetime(2026, 11, 29, tzinfo=UTC), address="127.0.0.1")


def counted(monkeypatch: pytest.MonkeyPatch, store: Store) -> list[Need]:
    """What the runner fetches, in order."""
    asked: list[Need] = []
    fetch = runner.fetch

    async def noting(need: Need, at: Circumstances, orders: Any) -> Any:
        asked.append(need)
        return await fetch(need, at, orders)

    monkeypatch.setattr(runner, "fetch", noting)
    return asked


async def test_nothing_is_fetched_twice(talk: Talk, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = counted(monkeypatch, store)
    await talk.say("track_parcel", "202611010002 1234 到哪了")
    assert len(asked) == len(set(asked))
    assert [one.what for one in asked].count("verify") == 1


async def test_a_reader_is_asked_once_however_often_the_turn_is_taken(
    talk: Talk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def noting(scene: Scene) -> Iterator[Reading]:
        read.append(scene.text)
        yield from ()

    monkeypatch.setattr(table, "READERS", (*table.READERS, noting))
    asked = counted(monkeypatch, store)
    await talk.say("track_parcel", "202611010002 1234 到哪了")
    await talk.say("track_parcel", "到哪了")
    assert len(asked) > 2
    assert read == ["202611010002 1234 到哪了", "到哪了"]


async def test_what_needs_nothing_fetches_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = counted(monkeypatch, store)
    outcome = await runner.run_turn(Message("你好", intent="greet"), AT, None, store)
    assert [one.response for one in outcome.items if isinstance(one, Say)] == ["utter_greet"]
    assert asked == []


async def test_a_write_is_made_once_over_a_retried_turn(talk: Talk, store: Store) -> None:
    await talk.say("cancel_order", "202611010001 1234 取消订单")
    first = await talk.say("affirm", "确认取消")
    again = await talk.again()
    assert [one["effect"] for one in first.effects] == ["order_cancelled"]
    assert again.effects == first.effects
    made = [one for one in await store.orders.requests_of("202611010001") if one.kind == "cancel"]
    assert len(made) == 1
    assert first.effects[0]["request_no"] == made[0].request_no


async def test_the_key_is_the_frames_draft_and_older_than_the_confirmation(talk: Talk, store: Store) -> None:
    await talk.say("cancel_order", "202611010001 1234 取消订单")
    (frame,) = talk.state["frames"]
    done = await talk.say("affirm", "确认取消")
    assert done.effects[0]["key"] == frame["draft"]
    assert str(talk.last_call["message"]["metadata"]["anke"]["turn_id"]) not in frame["draft"]


async def test_a_refusal_of_the_order_system_is_an_answer(
    talk: Talk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk.say("cancel_order", "202611010001 1234 取消订单")

    async def refuse(*_: object, **__: object) -> None:
        raise Refused("shipped", "这笔订单刚刚发货了，取消不了。")

    monkeypatch.setattr(type(store.orders), "cancel", refuse)
    said = await talk.say("affirm", "确认取消")
    assert said.responses == ["utter_refused", "utter_refused_person"]
    assert said.values["utter_refused"]["why"] == "这笔订单刚刚发货了，取消不了。"
    assert said.effects == []


async def test_an_order_system_that_does_not_answer_is_told_and_fails_no_turn(
    talk: Talk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise Unavailable("away", "暂时查不了")

    monkeypatch.setattr(type(store.orders), "verify", away)
    said = await talk.say("track_parcel", "202611010002 1234 到哪了")
    assert said.responses == ["utter_orders_away"]


async def test_a_dialogue_that_asks_on_and_on_is_broken(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def never(*_: object) -> None:
        asked.append(len(asked))
        raise Missing(Need("products", (str(len(asked)), 1)))

    monkeypatch.setattr(runner, "take_turn", never)
    with pytest.raises(runner.TurnBroken):
        await runner.run_turn(Message("你好"), AT, None, store)
    assert len(asked) == runner.MOST_NEEDS


async def test_every_write_is_told_to_the_gateway(talk: Talk) -> None:
    await talk.say("cancel_order", "202611010001 1234 取消订单")
    done = await talk.say("affirm", "确认取消")
    (effect,) = done.effects
    assert set(effect) == {"effect", "key", "request_no", "order_no", "summary"}
    assert effect["order_no"] == "202611010001"
