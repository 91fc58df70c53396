"""When a person must answer, plan and solve; opening hours, holidays and working weekends (H12, H46, H48)."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.deadlines import OpenTime, add_open_time, deadlines, is_open, next_opening, open_time
from aftersales.policy import Policy, load_policy
from aftersales.policy.hours import Hours
from tests.aftersales.conftest import ROOT, START, TZ

POLICY = load_policy(ROOT / "data" / "policy")
OFFICE = Hours.model_validate(
    {**POLICY.hours.model_dump(), "always_open": False, "week": {}, "holiday_hours": ()}
    | {
        "week": {day: ["09:00-12:00", "13:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
        "holidays": list(POLICY.hours.holidays),
        "holiday_hours": [],
    }
)
OFFICE_POLICY = POLICY.model_copy(update={"hours": OFFICE})


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TZ).astimezone(timezone.utc)


@pytest.mark.parametrize(
    ("level", "minutes", "plan_hours", "resolve_hours"),
    [("I", 5, 24, 24), ("II", 5, 12, 48), ("III", 5, 2, 48)],
)
def test_an_open_desk_answers_a_chat_within_five_minutes(
    policy: Policy, level: str, minutes: int, plan_hours: int, resolve_hours: int
) -> None:
    due = deadlines(policy, level=level, opened_at=START, tz=TZ)  # type: ignore[arg-type]
    assert due.first_response - START == timedelta(minutes=minutes)
    assert due.plan - START == timedelta(hours=plan_hours)
    assert due.resolve - START == timedelta(hours=resolve_hours)
    assert due.paused_until is None


def test_tickets_have_two_hours_and_level_three_fifteen_minutes(policy: Policy) -> None:
    assert deadlines(
        policy, level="I", opened_at=START, tz=TZ, channel="ticket"
    ).first_response - START == timedelta(hours=2)
    assert deadlines(
        policy, level="III", opened_at=START, tz=TZ, channel="email"
    ).first_response - START == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("moment", "open_now", "opens"),
    [
        ("2026-11-23 08:59:59", False, "2026-11-23 09:00"),  # Monday
        ("2026-11-23 09:00:00", True, "2026-11-23 09:00"),
        ("2026-11-23 12:00:00", False, "2026-11-23 13:00"),
        ("2026-11-23 17:59:59", True, "2026-11-23 17:59:59"),
        ("2026-11-23 18:00:00", False, "2026-11-24 09:00"),
        ("2026-11-27 20:00:00", False, "2026-11-30 09:00"),  # over the weekend
        ("2026-09-30 19:00:00", False, "2026-10-08 09:00"),  # over National Day
        ("2026-10-10 10:00:00", True, "2026-10-10 10:00"),  # a Saturday worked for it
        ("2026-10-11 10:00:00", False, "2026-10-12 09:00"),
        ("2026-02-14 09:30:00", True, "2026-02-14 09:30"),  # a Saturday worked for Spring Festival
        ("2026-02-14 18:00:00", False, "2026-02-24 09:00"),  # over Spring Festival, its weekends included
        ("2026-02-28 10:00:00", True, "2026-02-28 10:00"),  # the Saturday that pays for it
        ("2026-09-20 10:00:00", True, "2026-09-20 10:00"),  # a Sunday worked before National Day
        (
            "2026-12-31 19:00:00",
            False,
            "2027-01-04 09:00",
        ),  # into a year nobody has announced: a Friday and its weekend
        ("2031-10-01 10:00:00", False, "2031-10-06 09:00"),  # far away: statutory days, and nothing fails
    ],
)
def test_hours_holidays_and_working_weekends(moment: str, open_now: bool, opens: str) -> None:
    now = local(moment)
    assert is_open(OFFICE, now, TZ) == open_now
    assert next_opening(OFFICE, now, TZ) == local(opens)


def test_the_demo_store_never_closes(policy: Policy) -> None:
    for moment in ("2026-02-17 03:00", "2026-11-22 23:59"):
        assert is_open(policy.hours, local(moment), TZ)
        assert next_opening(policy.hours, local(moment), TZ) == local(moment)


def test_ordinary_levels_wait_for_the_opening_level_three_does_not() -> None:
    friday_night = local("2026-11-27 20:00")
    ordinary = deadlines(OFFICE_POLICY, level="I", opened_at=friday_night, tz=TZ)
    assert ordinary.paused_until == local("2026-11-30 09:00")
    assert ordinary.first_response == local("2026-11-30 09:05")
    assert ordinary.resolve == local("2026-12-02 18:00")  # 24 open hours, eight a day
    urgent = deadlines(OFFICE_POLICY, level="III", opened_at=friday_night, tz=TZ)
    assert urgent.paused_until is None
    assert urgent.first_response == friday_night + timedelta(minutes=15)
    assert urgent.plan == friday_night + timedelta(hours=2)


def test_waiting_for_the_customer_moves_plan_and_solution_only() -> None:
    plain = deadlines(POLICY, level="II", opened_at=START, tz=TZ)
    waited = deadlines(POLICY, level="II", opened_at=START, tz=TZ, waited_for_customer=timedelta(hours=3))
    assert waited.first_response == plain.first_response
    assert (waited.plan - plain.plan, waited.resolve - plain.resolve) == (timedelta(hours=3),) * 2
    third = deadlines(POLICY, level="III", opened_at=START, tz=TZ, waited_for_customer=timedelta(hours=3))
    assert third == deadlines(POLICY, level="III", opened_at=START, tz=TZ)


def test_a_store_that_never_opens_counts_plain_time() -> None:
    closed = OFFICE.model_copy(update={"week": {}})
    assert next_opening(closed, START, TZ) is None
    assert add_open_time(closed, START, timedelta(hours=1), TZ) == START + timedelta(hours=1)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(timezone.utc))


@given(start=MOMENTS, first=st.integers(1, 2000), second=st.integers(1, 2000))
def test_open_time_adds_up(start: datetime, first: int, second: int) -> None:
    one, other = timedelta(minutes=first), timedelta(minutes=second)
    at_once = add_open_time(OFFICE, start, one + other, TZ)
    assert at_once == add_open_time(OFFICE, add_open_time(OFFICE, start, one, TZ), other, TZ)
    assert at_once >= start + one + other


@given(start=MOMENTS, minutes=st.integers(1, 3000))
def test_open_time_is_what_a_deadline_added(start: datetime, minutes: int) -> None:
    length = timedelta(minutes=minutes)
    assert open_time(OFFICE, start, add_open_time(OFFICE, start, length, TZ), TZ) == length
    assert open_time(OFFICE, start, start, TZ) == timedelta(0)


@given(start=MOMENTS, level=st.sampled_from(["I", "II", "III"]))
def test_a_warning_comes_before_its_deadline(start: datetime, level: str) -> None:
    def due(share: float) -> tuple[datetime, ...]:
        found = deadlines(OFFICE_POLICY, level=level, opened_at=start, tz=TZ, share=share)  # type: ignore[arg-type]
        return found.first_response, found.plan, found.resolve

    assert all(start < warned < missed for warned, missed in zip(due(0.8), due(1.0), strict=True))


@given(start=MOMENTS)
def test_the_next_opening_is_open(start: datetime) -> None:
    opening = next_opening(OFFICE, start, TZ)
    assert opening is not None
    assert opening >= start
    assert is_open(OFFICE, opening, TZ)


AROUND = st.timedeltas(timedelta(days=-25), timedelta(days=12))


@given(AROUND, AROUND, st.sampled_from([OFFICE, POLICY.hours, OFFICE.model_copy(update={"week": {}})]))
def test_open_time_counted_from_a_fixed_instant_says_the_same(
    first: timedelta, second: timedelta, hours: Hours
) -> None:
    start, end = START + min(first, second), START + max(first, second)
    counted = OpenTime(hours, TZ, START)
    assert counted.before(end) - counted.before(start) == open_time(hours, start, end, TZ)
