"""Numbers and times that programs send are read in one strict way: none of them is an error of ours."""

from datetime import UTC, datetime

import pytest

from handoff.clock import read_time
from handoff.edge.text import whole_number
from handoff.queue.order import Mark


@pytest.mark.parametrize("text", ["", "-1", "+1", " 1", "1_0", "1.0", "٣", "１", "0x1", "9" * 19, "9" * 5000])
def test_only_plain_digits_are_a_number(text: str) -> None:
    assert whole_number(text) is None


def test_a_number_is_read() -> None:
    assert whole_number("0042") == 42


@pytest.mark.parametrize(
    "text",
    [
        None,
        1,
        "",
        "2026-11-30",
        "2026-11-30T08:00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "9999-12-31T23:59:59Z",
        "1969-12-31T23:59:59Z",
        "٢٠٢٦-11-30T08:00:00Z",
    ],
)
def test_no_zone_or_no_year_that_every_zone_can_tell_is_no_time(text: object) -> None:
    assert read_time(text) is None


def test_a_time_is_read_in_utc() -> None:
    assert read_time("2026-11-30T08:00:00+08:00") == datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize("since", ["253402300799999999", "-1", "9" * 5000, "x"])
def test_a_mark_of_another_world_is_no_mark(since: str) -> None:
    with pytest.raises(ValueError, match=r"no|unpack"):
        Mark.read(f"waiting~III~~{since}~c_1")
