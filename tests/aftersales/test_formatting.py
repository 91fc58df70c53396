"""Dates, durations and amounts read like a shop assistant's."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from aftersales.formatting import day, lasting, listed, moment, yuan
from tests.aftersales.conftest import TZ

LATE = datetime(2026, 11, 22, 16, 5, tzinfo=timezone.utc)


def test_dates_are_the_stores() -> None:
    assert day(LATE, TZ) == "11月23日"
    assert moment(LATE, TZ) == "11月23日 00:05"


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (timedelta(0), "1分钟"),
        (timedelta(minutes=59), "59分钟"),
        (timedelta(minutes=60), "1小时"),
        (timedelta(hours=47, minutes=59), "47小时"),
        (timedelta(days=2), "2天"),
        (timedelta(days=3, hours=23), "3天"),
    ],
)
def test_durations_are_rounded_down(span: timedelta, told: str) -> None:
    assert lasting(span) == told


def test_amounts_have_cents_only_when_there_are_some() -> None:
    assert yuan(Decimal("399.00")) == "399元"
    assert yuan(Decimal("19.90")) == "19.90元"


def test_lists() -> None:
    assert listed(["羽绒服", "运动鞋"]) == "羽绒服、运动鞋"
