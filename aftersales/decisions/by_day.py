"""Questions in passing that hang on a day that is named (她4号过生日 来得及不, 双12降了补不补, 25号圣诞前能到不): slot `days`, the days
as ISO dates, soonest first (H21, H30, H34)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from aftersales.catalogue import figures_in, hours_of
from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.goods_facts import goods_meant, of_topic, plain
from aftersales.decisions.in_hand import goods
from aftersales.decisions.parcel_questions import PARCEL_VALUES, parcel_known
from aftersales.decisions.shipping import carrier_named
from aftersales.formatting import day
from aftersales.policy_values import policy_values
from aftersales.windows import chinese_day


@decision(
    "parcel_by_day",
    outcomes=(
        *(
            "in_time",
            "too_late",
            "waiting_in_time",
            "waiting_late",
            "rule",
            "waiting",
            "moving",
            "moving_eta",
        ),
        *("delivering", "stalled", "arrived", "over"),
        *("new_in_time", "new_perhaps", "new_too_late"),
    ),
    needs=("order", "parcel", "item", "catalogue", "product", "products"),
    values=(*PARCEL_VALUES, "day", "latest", "earliest", "road_range"),
)
def parcel_by_day(inputs: Inputs) -> Decision:
    """Is the parcel there by the day that is named? `in_time`, `too_late`: by what the carrier expects; `waiting_…`: not dispatched, by the latest
    day of dispatch and the carriers' days; `new_…`: what is ordered today, where no order is in hand; without such a day, and in every other state, what is known of it (parcel_known)."""
    known = parcel_known(inputs)
    wanted = _wanted(inputs)
    values = {**known.values, **dict.fromkeys(("day", "latest", "earliest", "road_range"), "")}
    if wanted is None:
        return Decision(known.outcome, values)
    values["day"] = chinese_day(wanted, _today(inputs.now, inputs.tz))
    if inputs.order is None:
        new = new_order_by_day(inputs)
        values |= {name: new.values[name] for name in ("latest", "earliest", "road_range", "hours")}
        return Decision(f"new_{new.outcome}", values)
    if known.outcome == "moving_eta" and inputs.parcel is not None and inputs.parcel.eta is not None:
        expected = inputs.parcel.eta.astimezone(inputs.tz).date()
        return Decision("in_time" if expected <= wanted else "too_late", values)
    if known.outcome == "waiting" and inputs.order is not None and inputs.order.ship_by is not None:
        _, most = _road(inputs)
        latest = inputs.order.ship_by + timedelta(days=most)
        values |= {"latest": day(latest, inputs.tz), "road_range": policy_values(inputs.policy)["road_range"]}
        in_time = latest.astimezone(inputs.tz).date() <= wanted
        return Decision("waiting_in_time" if in_time else "waiting_late", values)
    return Decision(known.outcome, values)


_NEW = ("goods", "value", "earliest", "latest", "road_range", "day", "hours")


@decision(
    "new_order_by_day",
    outcomes=("range", "in_time", "perhaps", "too_late"),
    needs=("item", "catalogue", "product", "products"),
    values=_NEW,
)
def new_order_by_day(inputs: Inputs) -> Decision:
    """When does what is ordered today arrive, goods that are made to order with their making? `perhaps`: between the soonest and the latest day."""
    store, product = inputs.policy.store, goods_meant(inputs)
    made = of_topic(inputs, product, "make_time") if product is not None else ""
    ready = inputs.now + timedelta(hours=hours_of(made))
    least, most = _road(inputs)
    soonest, latest = (
        ready + timedelta(days=least),
        ready + timedelta(hours=store.dispatch.promise_hours, days=most),
    )
    named = carrier_named(inputs)
    values = {
        "goods": product.name if product else "",
        "value": plain(made),
        "earliest": day(soonest, inputs.tz),
        "latest": day(latest, inputs.tz),
        "road_range": f"{named.name} {named.days}" if named else policy_values(inputs.policy)["road_range"],
        "hours": str(store.dispatch.promise_hours),
        "day": "",
    }
    wanted = _wanted(inputs)
    if wanted is None:
        return Decision("range", values)
    values["day"] = chinese_day(wanted, _today(inputs.now, inputs.tz))
    if latest.astimezone(inputs.tz).date() <= wanted:
        return Decision("in_time", values)
    return Decision("perhaps" if soonest.astimezone(inputs.tz).date() <= wanted else "too_late", values)


@decision(
    "custom_time",
    outcomes=("range", "in_time", "perhaps", "too_late", "not_made", "unknown"),
    needs=("item", "catalogue", "product", "products"),
    values=_NEW,
)
def custom_time(inputs: Inputs) -> Decision:
    """How long it takes to make goods to order, and when they arrive; `not_made`: these goods are in stock; `unknown`: no goods are known."""
    found, product = new_order_by_day(inputs), goods_meant(inputs)
    if product is None:
        return Decision("unknown", found.values)
    return Decision(found.outcome if found.values["value"] else "not_made", found.values)


@decision(
    "protected_on_day",
    outcomes=("inside", "over", "own_inside", "own_over", "rule"),
    needs=("order",),
    values=("item", "day", "days", "last", "from_day", "paid"),
)
def protected_on_day(inputs: Inputs) -> Decision:
    """双12降了补不补: is the day that is named inside the days of price protection, counted from today's payment, or from that of the order in hand
    (`own_…`)? `from_day`: the first day of payment that covers it; `rule`: no day is named."""
    days, tz, order = inputs.policy.store.price_protection.window_days, inputs.tz, inputs.order
    values = dict.fromkeys(("item", "day", "last", "from_day", "paid"), "") | {"days": str(days)}
    wanted, today = _wanted(inputs), _today(inputs.now, tz)
    if wanted is None:
        return Decision("rule", values)
    own = order if order is not None and order.paid_at is not None else None
    paid = own.paid_at.astimezone(tz).date() if own is not None and own.paid_at is not None else today
    last = paid + timedelta(days=days)
    values |= {
        "item": goods(own) if own is not None else "",
        "day": chinese_day(wanted, today),
        "last": chinese_day(last, today),
        "from_day": chinese_day(max(wanted - timedelta(days=days), today), today),
        "paid": chinese_day(paid, today),
    }
    inside = "inside" if wanted <= last else "over"
    return Decision(f"own_{inside}" if own is not None else inside, values)


def _wanted(inputs: Inputs) -> date | None:
    """The first day that is named and not past."""
    today = _today(inputs.now, inputs.tz)
    named = sorted(date.fromisoformat(str(one)) for one in inputs.slots.get("days") or ())
    return next((one for one in named if one >= today), None)


def _today(now: datetime, tz: ZoneInfo) -> date:
    return now.astimezone(tz).date()


def _road(inputs: Inputs) -> tuple[int, int]:
    """Days on the road, of the carrier that is named, else from the fastest to the slowest."""
    named = carrier_named(inputs)
    told = [named] if named is not None else inputs.policy.store.carriers
    days = [int(one) for one in figures_in(" ".join(one.days for one in told))]
    return min(days, default=0), max(days, default=0)
