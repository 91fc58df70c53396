"""Whose message it is: only the very body, by the very secret, in the five minutes around now (H4)."""

from hypothesis import given
from hypothesis import strategies as st

from handoff.channels.signature import is_signed
from tests.handoff.channels.signed import OTHER, SECRET, header

NOW = 1_795_000_000
BODY = '{"external_id":"m1","from":"wang@example.com","text":"坏了"}'.encode()


@given(st.integers(-300, 300))
def test_a_message_of_the_last_five_minutes_is_taken(off: int) -> None:
    assert is_signed(SECRET, BODY, header(BODY, at=NOW + off), NOW)


@given(st.integers(301, 10**9), st.sampled_from([-1, 1]))
def test_what_was_overheard_is_worth_nothing_later(off: int, sign: int) -> None:
    assert not is_signed(SECRET, BODY, header(BODY, at=max(0, NOW + sign * off)), NOW)


@given(st.binary(max_size=60))
def test_another_body_has_another_signature(other: bytes) -> None:
    assert is_signed(SECRET, other, header(BODY, at=NOW), NOW) is (other == BODY)


@given(st.none() | st.text(max_size=90))
def test_no_other_header_is_a_signature(told: str | None) -> None:
    assert not is_signed(SECRET, BODY, told, NOW)


def test_another_channel_s_secret_and_another_time_are_refused() -> None:
    assert not is_signed(SECRET, BODY, header(BODY, OTHER, NOW), NOW)
    moved = header(BODY, at=NOW).replace(f"t={NOW}", f"t={NOW + 1}")
    assert not is_signed(SECRET, BODY, moved, NOW)


def test_two_signatures_let_a_secret_be_changed() -> None:
    old, new = header(BODY, OTHER, NOW), header(BODY, SECRET, NOW)
    both = f"{old},{new.partition(',')[2]}"
    assert is_signed(SECRET, BODY, both, NOW)
    assert is_signed(
        OTHER, BODY, both.replace("v1=", "v1=").upper().replace("T=", "t=").replace("V1", "v1"), NOW
    )
