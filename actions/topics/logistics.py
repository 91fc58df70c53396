"""Where is my parcel: timeline, arrival, stalled > 48 h seen and said; urging leaves a task (H30)."""

from datetime import timedelta
from typing import Any

from actions import cards, chinese, follow_ups, questions
from actions.identity import need_order
from actions.topic import Topic
from actions.turn import Turn
from aftersales.order_system.port import Order, Parcel, Refused


class Logistics(Topic):
    """The timeline of a parcel."""

    action = "action_logistics"
    intents = ("track_parcel", "track_eta")

    async def answer(self, turn: Turn) -> None:
        order = await need_order(turn, prefer=("shipped",))
        if order is not None:
            await tell_logistics(turn, order)


class Urge(Topic):
    """Dispatch or delivery is late: say how it stands and leave a task for people."""

    action = "action_urge"
    intents = ("urge_dispatch", "urge_delivery")

    async def answer(self, turn: Turn) -> None:
        dispatch = turn.intent == "urge_dispatch"
        order = await need_order(turn, prefer=("paid",) if dispatch else ("shipped",), strict=dispatch)
        if order is None:
            return
        if order.state == "paid":
            ship_by = chinese.moment(order.ship_by, turn.store.tz) if order.ship_by else ""
            late = order.ship_by is not None and order.ship_by < turn.now
            if late or turn.store.dialogue.hit("urge_now", turn.text):
                turn.say("utter_not_dispatched", item=_items(order), ship_by=ship_by)
                await do_urge(turn, order)
            else:
                keep = {"order_no": order.order_no}
                turn.ask("urge", "utter_not_dispatched_offer", keep=keep, item=_items(order), ship_by=ship_by)
        elif order.state == "shipped" and any(
            "催促任务" in str(one) for one in turn.facts.get("promises") or []
        ):
            await do_urge(turn, order)  # the timeline was just shown; only how the task stands
        elif order.state == "shipped":
            stalled = await tell_logistics(turn, order, offer=False)
            if stalled or turn.intent == "urge_delivery":
                await do_urge(turn, order)
        else:
            await tell_logistics(turn, order)


async def tell_logistics(turn: Turn, order: Order, *, offer: bool = True) -> bool:
    """Show the timeline and say the one thing that matters. True when the parcel is stalled."""
    tz = turn.store.tz
    parcel = await turn.store.orders.parcel(order.order_no)
    if parcel is None or parcel.state == "not_dispatched":
        if order.state in {"cancelled", "refunded", "unpaid"}:
            turn.card(cards.order_card(order, turn.store))
            turn.say(f"utter_order_{order.state}", item=_items(order), total=chinese.yuan(order.total))
            return False
        ship_by = chinese.moment(order.ship_by, tz) if order.ship_by else ""
        turn.say("utter_not_dispatched", item=_items(order), ship_by=ship_by)
        return False
    stalled = is_stalled(turn, parcel)
    turn.card(cards.logistics_card(parcel, stalled, turn.store))
    last = parcel.scans[0] if parcel.scans else None
    told: dict[str, Any] = {
        "item": _items(order),
        "carrier": parcel.carrier,
        "tracking_no": parcel.tracking_no,
        "place": last.place if last else "",
        "scan": last.text if last else "",
        "at": chinese.moment(last.at, tz) if last else "",
        "ago": chinese.lasting(turn.now - last.at) if last else "",
        "eta": chinese.day(parcel.eta, tz) if parcel.eta else "",
        "signed_by": order.signed_by or "",
    }
    if stalled:
        turn.learn(responsibility="logistics")
        if offer:
            turn.ask("urge", "utter_logistics_stalled_offer", keep={"order_no": order.order_no}, **told)
        else:
            turn.say("utter_logistics_stalled", **told)
    elif parcel.state == "signed":
        turn.say("utter_logistics_signed", **told)
    elif parcel.eta and parcel.eta > turn.now:
        turn.say("utter_logistics_moving_eta", **told)
    else:
        turn.say("utter_logistics_moving", **told)
    return stalled


def is_stalled(turn: Turn, parcel: Parcel) -> bool:
    """No scan for longer than the policy's hours while on the way (H30)."""
    if parcel.state not in {"in_transit", "delivering"} or parcel.last_scan_at is None:
        return False
    return turn.now - parcel.last_scan_at > timedelta(hours=turn.store.policy.store.logistics.stalled_hours)


async def do_urge(turn: Turn, order: Order) -> None:
    """Leave the task once; asking again names the open one (H28)."""
    what = "dispatch" if order.state == "paid" else "delivery"
    key = f"{turn.turn_id}:urge"
    try:
        made = await turn.store.orders.urge(key, order.order_no, what, turn.text[:200])  # type: ignore[arg-type]
    except Refused as refusal:
        turn.say("utter_refused", why=refusal.message)
        return
    turn.effect(
        "urged",
        key=key,
        request_no=made.request_no,
        order_no=order.order_no,
        summary=f"{made.item or _items(order)}：{made.next}",
    )
    due = chinese.moment(made.due, turn.store.tz) if made.due else ""
    turn.learn(
        promises=_promised(
            turn, f"催促任务 {made.request_no}，{due}前反馈" if due else f"催促任务 {made.request_no}"
        )
    )
    turn.say("utter_urge_open" if made.repeated else "utter_urged", request_no=made.request_no, due=due)


def _promised(turn: Turn, promise: str) -> list[str]:
    known = [str(one) for one in turn.facts.get("promises") or []]
    return known if promise in known else [*known, promise]


def _items(order: Order) -> str:
    return "、".join(one.name for one in order.items)


async def answer_part(turn: Turn, part: str) -> bool:
    """Only the carrier, the number or the day, of the timeline that was just told."""
    parcel = await turn.store.orders.parcel(str(turn.get("order_no")))
    if parcel is None or parcel.state not in {"in_transit", "delivering"} or is_stalled(turn, parcel):
        return False
    tz = turn.store.tz
    days = next(
        (one.days for one in turn.store.policy.store.carriers if one.name == parcel.carrier), "2-4 天"
    )
    told: dict[str, Any] = {"carrier": parcel.carrier, "tracking_no": parcel.tracking_no, "days": days}
    if part == "when" and not (parcel.eta and parcel.eta > turn.now):
        turn.say("utter_parcel_when_unknown", **told)
    else:
        turn.say(f"utter_parcel_{part}", eta=chinese.day(parcel.eta, tz) if parcel.eta else "", **told)
    return True


async def read_urge(turn: Turn) -> bool:
    """要我催一下吗？"""
    if questions.said_no(turn):
        turn.close_question()
        turn.say("utter_ok_not_done")
        return True
    if not questions.said_yes(turn) and turn.intent not in {"urge_delivery", "urge_dispatch"}:
        return False
    order = await turn.store.orders.order(str((turn.question or {}).get("order_no")))
    turn.close_question()
    if order is not None:
        await do_urge(turn, order)
    return True


questions.register("urge", read_urge)
follow_ups.register(
    "track_parcel",
    "track_eta",
    group="parcel_part",
    answer=answer_part,
    never=frozenset(
        {"urge_delivery", "urge_dispatch", "refund_progress", "return_request", "invoice_request"}
    ),
)
