"""Who may see an order, and that guessing is useless (H6, H8)."""

import asyncio

import pytest

from aftersales.order_system import OrderSystem
from aftersales.order_system.port import VerifyResult
from tests.aftersales.conftest import ADDRESS_LIMIT, START, Clock

ADDRESS = "203.0.113.5"


async def attempt(
    system: OrderSystem,
    proof: str,
    order_no: str = "202611010003",
    conversation: str = "c1",
    address: str | None = ADDRESS,
    key: str | None = None,
) -> VerifyResult:
    return await system.verify(order_no, proof, conversation=conversation, address=address, key=key)


@pytest.mark.parametrize(
    "proof",
    ["5678", "５６７８", " 56 78 ", "13900005678", "139 0000 5678", "+86 139-0000-5678"],
)
async def test_tail_or_whole_phone_proves_an_order(system: OrderSystem, proof: str) -> None:
    result = await attempt(system, proof)
    assert result.ok
    assert (result.method, result.phone, result.name) == ("order_phone", "13900005678", "李静怡")


async def test_the_registered_mail_proves_an_order(system: OrderSystem) -> None:
    result = await attempt(system, " Wang@Example.com ", "202611010009")
    assert (result.outcome, result.method, result.phone) == ("ok", "order_email", "13500009753")


@pytest.mark.parametrize(
    ("order_no", "proof"),
    [
        ("202611010003", "1234"),
        ("202611010003", "13900005679"),
        ("202611010003", "wang@example.com"),
        ("202611010003", ""),
        ("202611010003", "678"),
        ("202611010003", "%"),
        ("202611010003", "\x00\ud800"),
        ("202699999999", "5678"),
        ("202699999999", "wang@example.com"),
        ("", "5678"),
        ("' OR '1'='1", "' OR '1'='1"),
    ],
)
async def test_every_wrong_attempt_gives_the_same_answer(
    system: OrderSystem, order_no: str, proof: str
) -> None:
    assert await attempt(system, proof, order_no) == VerifyResult("wrong", attempts_left=4)


async def test_the_sixth_attempt_is_refused_even_if_right(system: OrderSystem, clock: Clock) -> None:
    left = [(await attempt(system, "0000")).attempts_left for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    sixth = await attempt(system, "5678")
    assert sixth.outcome == "locked"
    assert sixth.phone is None
    assert sixth.locked_until is not None
    assert (sixth.locked_until - START).total_seconds() == 30 * 60
    clock.pass_by(minutes=29)
    assert (await attempt(system, "5678")).outcome == "locked"
    clock.pass_by(minutes=2)
    assert (await attempt(system, "5678")).ok


async def test_unknown_orders_and_mails_count_too(system: OrderSystem) -> None:
    for order_no, proof in (
        ("202600000000", "5678"),
        ("202600000001", "a@example.com"),
        ("202611010009", "other@example.com"),
        ("x", "y"),
        ("202611010003", "0000"),
    ):
        assert (await attempt(system, proof, order_no)).outcome == "wrong"
    assert (await attempt(system, "5678")).outcome == "locked"


async def test_a_right_attempt_does_not_forgive_wrong_ones(system: OrderSystem) -> None:
    for _ in range(4):
        await attempt(system, "0000")
    assert (await attempt(system, "5678")).ok
    assert (await attempt(system, "0000")).attempts_left == 0
    assert (await attempt(system, "5678")).outcome == "locked"


async def test_ten_wrong_attempts_lock_the_order_for_everybody(system: OrderSystem, clock: Clock) -> None:
    for guess in range(10):
        result = await attempt(system, f"{guess:04}", conversation=f"g{guess}", address=f"198.51.100.{guess}")
        assert result.outcome == "wrong"
    assert (await attempt(system, "5678", conversation="owner", address="192.0.2.1")).outcome == "locked"
    other = await attempt(system, "9753", "202611010009", conversation="owner", address="192.0.2.1")
    assert other.ok
    clock.pass_by(minutes=31)
    assert (await attempt(system, "5678", conversation="owner")).ok


async def test_old_wrong_attempts_on_an_order_are_forgotten_after_an_hour(
    system: OrderSystem, clock: Clock
) -> None:
    for guess in range(9):
        await attempt(system, "0000", conversation=f"g{guess}")
    clock.pass_by(minutes=61)
    for guess in range(9):
        assert (await attempt(system, "0000", conversation=f"h{guess}")).outcome == "wrong"
    assert (await attempt(system, "5678", conversation="owner")).ok


async def test_too_many_wrong_attempts_lock_an_address(system: OrderSystem) -> None:
    for guess in range(ADDRESS_LIMIT):
        await attempt(system, "0000", f"2026{guess:08}", conversation=f"c{guess}")
    assert (await attempt(system, "5678", conversation="fresh")).outcome == "locked"
    assert (await attempt(system, "5678", conversation="fresh", address="198.51.100.7")).ok


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", None])
async def test_loopback_has_no_limit_per_address(system: OrderSystem, address: str | None) -> None:
    for guess in range(ADDRESS_LIMIT + 1):
        await attempt(system, "0000", f"2026{guess:08}", conversation=f"c{guess}", address=address)
    assert (await attempt(system, "5678", conversation="fresh", address=address)).ok


async def test_parallel_guesses_do_not_slip_through(system: OrderSystem) -> None:
    guesses = [attempt(system, f"{guess:04}") for guess in range(30)]
    outcomes = [one.outcome for one in await asyncio.gather(*guesses)]
    assert outcomes.count("wrong") == 5
    assert outcomes.count("locked") == 25


async def test_a_turn_retried_after_a_crash_counts_its_wrong_attempt_once(system: OrderSystem) -> None:
    for turn in range(4):
        first = await attempt(system, "0000", key=f"t{turn}")
        assert await attempt(system, "0000", key=f"t{turn}") == first
        assert first.attempts_left == 4 - turn
    fifth = await attempt(system, "0000", key="t5")
    assert await attempt(system, "0000", key="t5") == fifth
    assert fifth.attempts_left == 0
    assert (await attempt(system, "5678", key="t6")).outcome == "locked"


async def test_another_guess_under_the_same_key_counts(system: OrderSystem) -> None:
    left = [(await attempt(system, f"{guess:04}", key="t1")).attempts_left for guess in range(5)]
    assert left == [4, 3, 2, 1, 0]
    assert (await attempt(system, "5678", key="t1")).outcome == "locked"
