"""Return, freight and warranty rules from the policy data; with the customer's own dates once verified (H16-H18, H35)."""

import re
from datetime import timedelta

from actions import chinese
from actions.choose_order import choose, names_item
from actions.identity import need_order, remember_order
from actions.judge import judge, said
from actions.topic import Topic
from actions.turn import Turn
from aftersales.order_system.port import Order

_FREIGHT = re.compile(r"运费|邮费|快递费|运费险|寄费|包邮退")
_MAY_I = re.compile(r"(能|可以|支持|给|让).{0,6}退|退(货)?(吗|不|么|得了)|无理由")


class Policies(Topic):
    """能退吗、运费谁出、怎么退、保修多久"""

    action = "action_policy"
    intents = ("return_policy", "return_howto", "warranty_policy")
    watches_repeats = False

    async def answer(self, turn: Turn) -> None:
        order = await need_order(turn) if turn.heard.order_no else await _own_order(turn)
        if turn.heard.order_no and order is None:
            return
        if turn.intent == "warranty_policy":
            await tell_warranty(turn, order)
        elif turn.intent == "return_howto":
            steps = "".join(
                f"\n{place}. {step}" for place, step in enumerate(turn.store.policy.returns.flow.steps(), 1)
            )
            turn.say("utter_return_howto", steps=steps)
            if turn.form is None and turn.question is None:
                turn.say("utter_return_howto_offer")
        elif _FREIGHT.search(turn.text) and not _MAY_I.search(turn.text):
            tell_return_freight(turn)
        else:
            told = await tell_return(turn, order)
            if _FREIGHT.search(turn.text) and "运费" not in told:
                tell_return_freight(turn)


async def _own_order(turn: Turn) -> Order | None:
    if turn.customer is None:
        return None
    order = choose(turn, await turn.store.orders.orders_of(turn.customer["phone"]), ("signed",))
    if order is not None and any(names_item(turn.text, item.name) for item in order.items):
        remember_order(turn, order)
    return order


async def tell_return(turn: Turn, order: Order | None) -> str:
    """The general rule, the kind's exception, and the customer's own case; returns what it said of the case."""
    rules = turn.store.policy.returns
    if order is not None:
        item = order.items[0]
        form = turn.form or {}
        reason = form.get("reason") or turn.store.dialogue.code_for("reason", turn.text) or "no_reason"
        reasons = said(turn, judge(turn, order, item, {"reason": reason}))
        turn.say("utter_policy_return_own", item=item.name, reasons=reasons)
        return reasons
    freight = (
        "退货运费由您承担，有运费险的由运费险赔" if rules.no_reason.freight == "buyer" else "运费我们承担"
    )
    days, quality_days = rules.no_reason.window_days, rules.quality.window_days
    turn.say("utter_policy_return", days=days, quality_days=quality_days, freight=freight)
    products = await turn.store.orders.products(turn.text, limit=1)
    kind = rules.kinds.get(products[0].kind) if products else None
    if kind is not None and kind.why:
        turn.say("utter_policy_return_kind", name=kind.name, why=kind.why)
    elif turn.form is None and turn.question is None:
        turn.say("utter_policy_verify_hint")
    return freight


def tell_return_freight(turn: Turn) -> None:
    """Who pays when goods go back (H16, H17)."""
    form = turn.form or {}
    reason = turn.store.policy.returns.reasons.get(str(form.get("reason")))
    payer = form.get("freight_payer") or ("seller" if reason and reason.fault != "none" else None)
    if reason and payer:
        said_payer = turn.store.dialogue.name("freight_payer", str(payer))
        turn.say("utter_policy_freight_own", reason=reason.name, freight=said_payer)
        return
    freight = turn.store.policy.store.freight
    turn.say(
        "utter_policy_freight",
        estimate=chinese.yuan(freight.return_fee_estimate),
        insurance=chinese.yuan(freight.insurance_covers),
    )


async def tell_warranty(turn: Turn, order: Order | None) -> None:
    """Days, own last day, and what misuse means (H18)."""
    rules = turn.store.policy.returns
    if order is None or order.signed_at is None:
        products = await turn.store.orders.products(turn.text, limit=1)
        if products and products[0].warranty_days:
            promised = f"{products[0].warranty_days} 天"
            turn.say("utter_product_fact", product=products[0].name, name="免费保修期", value=promised)
            return
        turn.say("utter_policy_warranty", days=rules.warranty.default_days, misuse=rules.warranty.misuse_text)
        return
    item = order.items[0]
    kind = rules.kinds.get(item.kind)
    days: int | None = item.warranty_days
    if days is None and kind is not None:
        days = kind.warranty_days
    if days is None:
        days = rules.warranty.default_days
    if days == 0:
        turn.say("utter_policy_warranty_none", item=item.name)
        return
    tz = turn.store.tz
    last = order.signed_at.astimezone(tz).date() + timedelta(days=days)
    inside = turn.now.astimezone(tz).date() <= last
    state = "现在还在保修期内，非人为损坏免费修" if inside else "已经过保，可以安排付费维修"
    turn.say(
        "utter_policy_warranty_own",
        item=item.name,
        days=days,
        last=f"{last.year}年{last.month}月{last.day}日",
        state=state,
    )
