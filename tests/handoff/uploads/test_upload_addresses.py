"""Signed addresses and byte ranges."""

import pytest

from handoff.uploads.ranges import ByteRange, RangeNotSatisfiable, parse_range
from handoff.uploads.signature import is_signed, sign, signed_url


def test_a_signature_opens_one_file_for_ten_minutes() -> None:
    signature = sign("secret", "u_1", now=1000)
    assert is_signed("secret", "u_1", signature, now=1599)
    assert not is_signed("secret", "u_1", signature, now=1602)
    assert not is_signed("secret", "u_2", signature, now=1001)
    assert not is_signed("other", "u_1", signature, now=1001)
    assert signed_url("secret", "u_1", now=1000) == f"/api/v1/uploads/u_1?s={signature}"


@pytest.mark.parametrize("signature", ["", ".", "zz.abc", "ffffffff.", "ffffffff.中文", "-1.x"])
def test_nonsense_is_no_signature(signature: str) -> None:
    assert not is_signed("secret", "u_1", signature)


def test_a_longer_life_cannot_be_written_into_a_signature() -> None:
    until, _, mac = sign("secret", "u_1", now=1000).partition(".")
    assert not is_signed("secret", "u_1", f"{int(until, 16) + 1000:x}.{mac}", now=1001)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-9", ByteRange(0, 9)),
        ("bytes=90-", ByteRange(90, 99)),
        ("bytes=90-500", ByteRange(90, 99)),
        ("bytes=-10", ByteRange(90, 99)),
        ("bytes=-500", ByteRange(0, 99)),
        (None, None),
        ("bytes=-", None),
        ("bytes=0-1,5-6", None),
        ("lines=1-2", None),
        ("bytes=9-3", None),
    ],
)
def test_ranges(header: str | None, expected: ByteRange | None) -> None:
    assert parse_range(header, 100) == expected


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=-0"])
def test_a_range_behind_the_end(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable):
        parse_range(header, 100)
