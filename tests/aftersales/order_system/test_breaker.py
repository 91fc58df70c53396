"""A system that is down is left alone for a while, and never gets more than a few repetitions (issue: slow order system)."""

import pytest

from aftersales.order_system.http.adapter import HttpOrderSystem
from aftersales.order_system.http.breaker import CircuitBreaker
from aftersales.order_system.port import Refused, Unavailable
from aftersales.order_system.reference.serving import serving
from tests.aftersales.order_system.test_http import DRAFT, REQUEST, Scripted


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_after_four_failures_nobody_calls_until_the_rest_is_over() -> None:
    clock, script = Seconds(), Scripted((500, {}))
    async with serving(script) as base:
        system = HttpOrderSystem(base, breaker=CircuitBreaker(clock=clock))
        for _ in range(6):
            with pytest.raises(Unavailable):
                await system.order("202611010003")
        assert len(script.keys) == 4
        clock.now += 9.9
        with pytest.raises(Unavailable) as error:
            await system.request_return("k", DRAFT)
        assert (len(script.keys), error.value.code) == (4, "order_system_resting")
        clock.now += 0.2
        for _ in range(3):
            with pytest.raises(Unavailable):
                await system.order("202611010003")
        assert len(script.keys) == 5, "one trial, then it rests again"
        clock.now += 11
        script.answers = [(201, {"data": REQUEST})]
        assert (await system.request_return("k", DRAFT)).request_no == REQUEST["request_no"]
        assert (await system.request_return("k", DRAFT)).request_no == REQUEST["request_no"]
        await system.close()


async def test_a_refusal_is_an_answer() -> None:
    script = Scripted((409, {"error": {"code": "not_signed", "message": "还没有签收。"}}))
    async with serving(script) as base:
        system = HttpOrderSystem(base)
        for at in range(12):
            with pytest.raises(Refused):
                await system.request_return(f"k{at}", DRAFT)
        await system.close()
    assert len(script.keys) == 12


async def test_repetitions_are_bounded_by_the_budget() -> None:
    clock, script = Seconds(), Scripted((503, {}))
    async with serving(script) as base:
        system = HttpOrderSystem(base, breaker=CircuitBreaker(failures=1000, clock=clock))
        for _ in range(20):
            with pytest.raises(Unavailable):
                await system.order("202611010003")
        await system.close()
    assert len(script.keys) == 20 + 10
