"""Dispatch time, carriers, freight and delivery area before buying, from the policy (H34, H35)."""

from decimal import Decimal

from aftersales.catalogue import names_one
from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.formatting import listed, yuan
from aftersales.policy.store import Carrier
from aftersales.policy_values import policy_values

#: A carrier is named by the first characters of its name: 顺丰 for 顺丰速运.
_SHORT_NAME = 2


def carrier_named(inputs: Inputs) -> Carrier | None:
    """The carrier that is named in the words, if any."""
    return next((one for one in inputs.policy.store.carriers if one.name[:_SHORT_NAME] in inputs.words), None)


@decision(
    "shipping",
    outcomes=(
        "time",
        "carrier",
        "fee",
        "fee_free",
        "fee_due",
        "area",
        "area_days",
        "area_abroad",
        "area_change",
    ),
    needs=("product", "orders"),
    values=(
        "goods",
        "price",
        "lacking",
        "hours",
        "areas",
        "excluded",
        "carriers",
        "fee",
        "free_over",
        "road_days",
        "road_range",
    ),
)
def shipping(inputs: Inputs) -> Decision:
    """What was asked of the four (slot `about`); the days are those of the carrier named in the words, else of each.
    `area_days`: how many days to a place; `area_abroad`: one abroad is named;
    `area_change`: the customer has an order that is not dispatched yet, which may be meant; `fee_free`, `fee_due`: whether the goods being
    talked about are dear enough for free delivery."""
    store, about, named = inputs.policy.store, inputs.slots.get("about"), carrier_named(inputs)
    outcome, goods = str(about) if about in ("carrier", "fee", "area") else "time", inputs.product
    if outcome == "area" and any(one.state == "paid" for one in inputs.orders):
        outcome = "area_change"
    asked, said = inputs.labels.get("ship_asks", {}), inputs.words
    if outcome == "area" and names_one(said, asked["abroad"]):
        outcome = "area_abroad"
    elif outcome == "area" and names_one(said, asked["days"]):
        outcome = "area_days"
    if outcome == "fee" and goods is not None:
        outcome = "fee_free" if goods.price >= store.freight.free_over else "fee_due"
    return Decision(
        outcome,
        {
            "goods": goods.name if goods else "",
            "price": yuan(goods.price) if goods else "",
            "lacking": yuan(max(Decimal(0), store.freight.free_over - goods.price)) if goods else "",
            "hours": str(store.dispatch.promise_hours),
            "areas": store.dispatch.areas,
            "excluded": store.dispatch.excluded_areas,
            "carriers": listed(one.name for one in store.carriers),
            "fee": yuan(store.freight.fee),
            "free_over": yuan(store.freight.free_over),
            "road_days": f"{named.name} {named.days}" if named else policy_values(inputs.policy)["road_days"],
            "road_range": f"{named.name} {named.days}"
            if named
            else policy_values(inputs.policy)["road_range"],
        },
    )
