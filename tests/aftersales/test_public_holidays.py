"""Public holidays and working weekends as the State Council announced them; years nobody has announced (H48)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.policy import Policy
from aftersales.policy.hours import Holiday, Hours
from aftersales.public_holidays import holiday_name, is_working_weekend, known_until

#: 国办发明电〔2025〕7 号 of 4 November 2025: name, first, last, working weekends.
ANNOUNCED_2026 = [
    ("元旦", "01-01", "01-03", ["01-04"]),
    ("春节", "02-15", "02-23", ["02-14", "02-28"]),
    ("清明节", "04-04", "04-06", []),
    ("劳动节", "05-01", "05-05", ["05-09"]),
    ("端午节", "06-19", "06-21", []),
    ("中秋节", "09-25", "09-27", []),
    ("国庆节", "10-01", "10-07", ["09-20", "10-10"]),
]


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def test_every_day_of_2026_is_as_announced() -> None:
    named = {
        day(first) + timedelta(days=offset): name
        for name, first, last, _ in ANNOUNCED_2026
        for offset in range((day(last) - day(first)).days + 1)
    }
    worked = {day(one) for *_, weekends in ANNOUNCED_2026 for one in weekends}
    for offset in range(365):
        one = day("01-01") + timedelta(days=offset)
        assert holiday_name(one) == named.get(one), one
        assert is_working_weekend(one) == (one in worked), one


@given(one=st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_no_year_fails_and_no_day_is_both(one: date) -> None:
    assert not (holiday_name(one) and is_working_weekend(one))
    if one.year > known_until():
        assert not is_working_weekend(one), "nobody has announced it"
        if (one.month, one.day) == (10, 1):
            assert holiday_name(one) == "国庆节"


@pytest.fixture
def hours(policy: Policy) -> Hours:
    return policy.hours.model_copy(update={"always_open": False})


def test_hours_of_a_holiday_and_of_a_working_weekend(hours: Hours) -> None:
    assert hours.spans(day("10-01")) == hours.holiday_hours
    assert hours.spans(day("10-10")) == hours.week["fri"]
    assert hours.spans(day("10-11")) == hours.week["sun"]


def test_what_the_store_wrote_goes_before_the_calendar(hours: Hours) -> None:
    own = Holiday(name="店休", first=day("10-12"), last=day("10-12"), workdays=(day("10-01"),))
    changed = hours.model_copy(update={"holidays": (own,)})
    assert changed.holiday(day("10-12")) == "店休"
    assert changed.spans(day("10-01")) == hours.week["fri"]
    without = hours.model_copy(update={"calendar": "none"})
    assert without.holiday(day("10-01")) is None


def test_a_year_that_is_not_known_is_said_two_months_before(hours: Hours) -> None:
    unknown = known_until() + 1
    assert hours.unknown_year(date(unknown - 1, 10, 1)) is None
    assert hours.unknown_year(date(unknown - 1, 11, 15)) == unknown
    assert hours.model_copy(update={"always_open": True}).unknown_year(date(unknown, 1, 1)) is None
    weekend = date(unknown, 2, 13)
    own = Holiday(name="春节", first=weekend, last=weekend, workdays=(weekend,))
    assert hours.model_copy(update={"holidays": (own,)}).unknown_year(date(unknown, 1, 1)) is None
