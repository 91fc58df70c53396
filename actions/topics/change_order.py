"""Change an order before dispatch: the address by ourselves (read back, confirmed once), anything else by a person (H20)."""

import re

from actions import cards, forms, questions
from actions.identity import need_order
from actions.repeats import forget_questions
from actions.topic import Topic
from actions.topics.people import offer_person
from actions.turn import Turn
from aftersales.order_system.port import Order, Refused

_LEAD = re.compile(
    r"^.*?(?:改成|改为|改到|换成|换到|寄到|送到|发到|地址是|地址为|地址[:：]|应该是)\s*[:：,，]?"
)
_PART = re.compile(r"[省市区县镇乡村路街道巷弄号室栋幢单元楼座]|小区|大厦|花园|公寓|学校|自治")
_NAME = re.compile(r"(?:收件人|收货人|姓名|联系人)(?:是|为|改成|[:：])?\s*([一-鿿·]{2,6})")
_PUNCTUATION = " ，,。.;；:：、"
#: An address has at least this many characters and this many of the words above.
_SHORTEST, _FEWEST_PARTS = 8, 3


def find_address(turn: Turn) -> str | None:
    """The delivery address in the message, without lead-in, phone and name; None when there is no usable one."""
    told = turn.entity("address")
    text = told if told and len(told) >= _SHORTEST else turn.text
    text = _LEAD.sub("", text.replace("\n", " "), count=1)
    text = _NAME.sub(" ", text)
    text = re.sub(r"(?:电话|手机号?|联系方式)?[:：]?\s*1[3-9]\d{9}", " ", text)
    text = re.sub(r"(?<!\d)\d{10,24}(?!\d)", " ", text).strip(_PUNCTUATION)
    text = re.sub(r"\s+", "", text)
    return text[:200] if len(text) >= _SHORTEST and len(_PART.findall(text)) >= _FEWEST_PARTS else None


class ModifyAddress(Topic):
    """改地址"""

    action = "action_modify_address"
    intents = ("modify_address",)
    watches_repeats = False

    async def answer(self, turn: Turn) -> None:
        if (turn.form or {}).get("name") == "address" and take_address(turn):
            await proceed(turn)
            return
        order = await need_order(turn, prefer=("paid",))
        if order is None:
            return
        if not can_change(turn, order):
            return
        item = "、".join(one.name for one in order.items)
        forms.open_form(turn, "address", order_no=order.order_no, item=item)
        turn.learn(demand="修改收货地址")
        take_address(turn)
        await proceed(turn)


class ModifyItem(Topic):
    """改规格、加减商品、改备注: a person checks stock and price."""

    action = "action_modify_item"
    intents = ("modify_item",)

    async def answer(self, turn: Turn) -> None:
        order = await need_order(turn, prefer=("paid",))
        if order is None or not can_change(turn, order):
            return
        turn.learn(demand="修改订单商品")
        offer_person(
            turn, "requested", "utter_modify_item_person", item="、".join(one.name for one in order.items)
        )


def can_change(turn: Turn, order: Order) -> bool:
    """Only before dispatch, custom goods never by ourselves; otherwise says what is possible (H20, H22)."""
    item = "、".join(one.name for one in order.items)
    if order.state in {"cancelled", "refunded"}:
        turn.say("utter_already_over", item=item, state=turn.store.dialogue.name("order_state", order.state))
        return False
    if order.state not in {"paid", "unpaid"}:
        offer_person(turn, "out_of_policy", "utter_change_too_late", item=item)
        return False
    kinds = turn.store.policy.returns.kinds
    if any(one.kind in kinds and not kinds[one.kind].change_after_payment for one in order.items):
        offer_person(turn, "out_of_policy", "utter_change_custom", item=item)
        return False
    return True


def take_address(turn: Turn) -> bool:
    """Put an address of this message into the form."""
    address = find_address(turn)
    if address is None:
        return False
    name = _NAME.search(turn.text)
    forms.keep(turn, address=address, receiver=name.group(1) if name else None, phone=turn.heard.phone)
    return True


async def proceed(turn: Turn) -> None:
    """Ask for the address, then for the confirmation."""
    form = turn.form or {}
    if not form.get("address"):
        turn.ask("address", "utter_ask_address", item=form.get("item"))
        return
    receiver = "".join(
        [
            f"，收件人{form['receiver']}" if form.get("receiver") else "",
            f"，电话尾号 {form['phone'][-4:]}" if form.get("phone") else "",
        ]
    )
    told = {
        "order_no": form["order_no"],
        "item": form.get("item"),
        "address": form["address"],
        "receiver": receiver,
    }
    turn.ask("confirm_address", "utter_address_confirm", **told)


async def read_address(turn: Turn) -> bool:
    if not take_address(turn):
        return False
    await proceed(turn)
    return True


async def read_confirmation(turn: Turn) -> bool:
    """确认修改吗？ A new address or 地址写错了 is a correction."""
    if take_address(turn):
        await proceed(turn)
        return True
    if questions.said_yes(turn):
        await do_change(turn)
        return True
    if questions.said_no(turn) or turn.store.dialogue.hit("wrong_data", turn.text):
        forms.keep(turn, address=None)
        turn.ask("address", "utter_ask_address_again")
        return True
    return False


async def do_change(turn: Turn) -> None:
    """Write it once, with the form's draft as key (H28)."""
    form = turn.form or {}
    try:
        made = await turn.store.orders.change_address(
            str(form["draft"]),
            str(form["order_no"]),
            str(form["address"]),
            name=form.get("receiver"),
            phone=form.get("phone"),
        )
    except Refused as refusal:
        forms.close_form(turn)
        turn.say("utter_refused", why=refusal.message)
        turn.say("utter_refused_person")
        return
    summary = f"收货地址改为 {form['address']}"
    turn.effect(
        "address_changed",
        key=str(form["draft"]),
        request_no=made.request_no,
        order_no=made.order_no,
        summary=summary,
    )
    forms.close_form(turn)
    forget_questions(turn)
    turn.card(cards.request_card(made, turn.store))
    turn.say("utter_address_changed", request_no=made.request_no, address=form["address"])


forms.register("address", "改地址", proceed)
questions.register("address", read_address, again=proceed, help="utter_help_address")
questions.register("confirm_address", read_confirmation, again=proceed)
