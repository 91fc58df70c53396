"""The return form (H23): item, reason, state of the item, evidence, wanted solution, the policy's answer with its
reason, read-back, confirmation. Everything lives in the slot `form`; `proceed` asks for the first thing that is missing.
"""

import json
from typing import Any

from actions import cards, forms
from actions.judge import judge, said, solutions
from actions.repeats import forget_questions, is_no_progress
from actions.reply import Button, button
from actions.turn import Turn
from aftersales.eligibility import Eligibility
from aftersales.order_system.port import Order, OrderItem, Refused, ReturnDraft

#: Customers' issue intents that name the reason by themselves.
REASON_OF_INTENT = {
    "quality_fault": "quality",
    "quality_defect": "quality",
    "wrong_item": "wrong",
    "missing_item": "missing",
    "parcel_damaged": "damaged",
    "mismatch_desc": "mismatch",
}
#: Category of the case by reason, so that the desk's groups and deadlines fit.
CATEGORY_OF_REASON = {
    "quality": "product.quality",
    "wrong": "product.wrong",
    "missing": "product.wrong",
    "damaged": "logistics.damaged",
    "mismatch": "product.mismatch",
}
#: An issue of its own that a reason without a category leaves as it is; a repair is one whatever broke.
_KEPT_BY_REASON = {
    "exchange.request": frozenset({"no_reason", "size"}),
    "repair.request": frozenset({"quality"}),
}
#: Which wording of the question about the item's state; every other reason asks how it arrived.
_CONDITION_ASKED = {"quality": "_quality", "no_reason": "", "size": ""}
RESPONSIBILITY = {"seller": "product", "carrier": "logistics"}


def choice(title: str, intent: str, **values: str) -> Button:
    return button(title, f"/{intent}{json.dumps(values, ensure_ascii=False)}")


def begin(turn: Turn, order: Order, item: OrderItem | None, solution: str | None) -> None:
    """Open the form for an order, with the item when it is clear and the state the sentence already names."""
    forms.open_form(
        turn,
        "return",
        order_no=order.order_no,
        item_id=item.item_id if item else None,
        item=item.name if item else None,
        solution=solution,
        condition=turn.store.dialogue.code_for("condition", turn.text),
    )


async def proceed(turn: Turn) -> None:
    """Ask for the first missing part, tell the policy's answer when it is decided, end with the read-back."""
    form = dict(turn.form or {})
    order = await turn.store.orders.order(str(form.get("order_no")))
    if order is None:
        forms.close_form(turn)
        return
    rules = turn.store.policy.returns
    item = order.item(str(form.get("item_id") or ""))
    if item is None:
        choices = [
            choice(f"{one.name} {one.spec}".strip(), "pick_item", item=one.item_id) for one in order.items
        ]
        turn.ask("item", "utter_ask_item", buttons=choices, count=len(order.items))
        return
    if order.state != "signed":
        tell_not_possible(turn, order, judge(turn, order, item, form))
        return
    if not form.get("reason"):
        choices = [choice(one.name, "inform_reason", reason=code) for code, one in rules.reasons.items()]
        turn.ask("reason", "utter_ask_reason", buttons=choices, item=item.name)
        return
    found = judge(turn, order, item, form)
    if not solutions(turn, order, item, form):
        tell_not_possible(turn, order, found)
        return
    if not form.get("condition"):
        ask_condition(turn, str(form["reason"]), item)
        return
    if rules.reasons[form["reason"]].evidence and not form.get("evidence") and not form.get("no_evidence"):
        have = [str(one) for one in turn.facts.get("evidence") or []]
        if not have:
            turn.ask("evidence", "utter_ask_evidence")
            return
        form = forms.keep(turn, evidence=have)
        found = judge(turn, order, item, form)
    if not solutions(turn, order, item, form):
        tell_not_possible(turn, order, found)
        return
    await _solution_and_confirmation(turn, order, item, form, found)


def ask_condition(turn: Turn, reason: str, item: OrderItem) -> None:
    """What matters of the item's state depends on why it goes back: nobody asks a dead fridge whether it was unpacked."""
    kind = _CONDITION_ASKED.get(reason, "_arrived")
    named = turn.store.dialogue.labels.get(f"condition{kind}") or conditions_of(turn, reason)
    choices = [choice(name, "inform_condition", condition=code) for code, name in named.items()]
    response = f"utter_ask_condition{kind}"
    turn.ask("condition", response, buttons=choices, item=item.name)


def conditions_of(turn: Turn, reason: str) -> dict[str, str]:
    """Every condition's name as this reason's question words it."""
    names = {code: one.name for code, one in turn.store.policy.returns.conditions.items()}
    kind = _CONDITION_ASKED.get(reason, "_arrived")
    return names | dict(turn.store.dialogue.labels.get(f"condition{kind}") or {})


async def _solution_and_confirmation(
    turn: Turn, order: Order, item: OrderItem, form: dict[str, Any], found: Eligibility
) -> None:
    rules = turn.store.policy.returns
    options = solutions(turn, order, item, form)
    if form.get("solution") not in options:
        refused = form.get("solution")
        form = forms.keep(turn, solution=None)
        if refused or len(options) != 1:
            tell_once(turn, judge(turn, order, item, {**form, "solution": refused}) if refused else found)
        if len(options) != 1:
            names = solutions_of(turn, form["reason"])
            choices = [choice(names[one], "inform_solution", solution=one) for one in options]
            turn.ask("solution", "utter_ask_solution", buttons=choices)
            return
        form = forms.keep(turn, solution=options[0])
    found = judge(turn, order, item, form)
    if found.result == "not_eligible":
        tell_not_possible(turn, order, found)
        return
    tell_once(turn, found, freight=not found.freight_payer)
    form = dict(turn.form or {})
    evidence = f"{len(form['evidence'])} 份" if form.get("evidence") else "暂无，人工审核"
    if not rules.reasons[form["reason"]].evidence:
        evidence = f"{len(form['evidence'])} 份" if form.get("evidence") else "不需要"
    freight = (
        turn.store.dialogue.name("freight_payer", found.freight_payer) + "。" if found.freight_payer else ""
    )
    forms.keep(turn, freight_payer=found.freight_payer, review=found.result != "eligible")
    turn.ask(
        "confirm_return",
        "utter_return_confirm",
        item=f"{item.name} {item.spec}".strip(),
        order_no=order.order_no,
        reason=rules.reasons[form["reason"]].name,
        condition=conditions_of(turn, form["reason"])[form["condition"]],
        solution=solutions_of(turn, form["reason"])[form["solution"]],
        evidence=evidence,
        freight=freight,
    )


def solutions_of(turn: Turn, reason: str) -> dict[str, str]:
    """Every solution's name as it fits this reason: what is missing is sent, not exchanged."""
    names = {str(code): name for code, name in turn.store.policy.returns.solutions.items()}
    return names | dict(turn.store.dialogue.labels.get(f"solution_{reason}") or {})


def tell_once(turn: Turn, found: Eligibility, *, freight: bool = True) -> None:
    """The policy's answer with its reason, not twice in the same form. freight: say who pays it (the read-back does)."""
    reasons = said(turn, found)
    if (turn.form or {}).get("told") != reasons:
        shown = reasons if freight else said(turn, found, freight=False)
        if shown:
            turn.say("utter_eligibility", reasons=shown)
        forms.keep(turn, told=reasons)


def tell_not_possible(turn: Turn, order: Order, found: Eligibility) -> None:
    """Why not, what is possible instead, and a person who may decide more (H22). The form ends here."""
    forms.close_form(turn)
    if order.state == "shipped" and is_no_progress(turn):
        return
    turn.say("utter_eligibility", reasons=said(turn, found))
    if order.state in {"paid", "unpaid"}:
        turn.say("utter_return_before_dispatch")
        turn.asked = True
    elif order.state == "signed":
        turn.ask("person", "utter_return_not_possible", keep={"reason": "out_of_policy"})


def learn_reason(turn: Turn, code: str) -> None:
    """Note the reason in form and facts; a changed reason reopens what depended on it."""
    rules = turn.store.policy.returns
    if code not in rules.reasons:
        return
    forms.keep(
        turn,
        reason=code,
        solution=None
        if (turn.form or {}).get("reason") not in {None, code}
        else (turn.form or {}).get("solution"),
        told=None,
    )
    before = str(turn.facts.get("category") or "")
    kept = code in _KEPT_BY_REASON.get(before, ())
    turn.learn(
        category=before if kept else CATEGORY_OF_REASON.get(code, "return.request"),
        responsibility=RESPONSIBILITY.get(rules.reasons[code].fault),
    )
    if turn.store.dialogue.hit("unusable", turn.text) and code in {"quality", "damaged"}:
        turn.learn(usable=False)


async def do_submit(turn: Turn) -> None:
    """Write the request once; the key is the draft stored when the form opened (H28)."""
    form = dict(turn.form or {})
    rules = turn.store.policy.returns
    draft = ReturnDraft(
        order_no=str(form["order_no"]),
        item_id=str(form["item_id"]),
        reason=str(form["reason"]),
        solution=form["solution"],
        condition=form.get("condition"),
        description=str(turn.facts.get("description") or "") or None,
        evidence=tuple(form.get("evidence") or ()),
        review=bool(form.get("review") or form.get("no_evidence")),
        freight_payer=form.get("freight_payer"),
    )
    try:
        made = await turn.store.orders.request_return(str(form["draft"]), draft)
    except Refused as refusal:
        forms.close_form(turn)
        turn.say("utter_refused", why=refusal.message)
        turn.say("utter_refused_person")
        return
    solution = solutions_of(turn, draft.reason)[form["solution"]]
    summary = f"{form.get('item') or made.item}：{rules.reasons[draft.reason].name}，{solution}"
    turn.effect(
        "return_requested",
        key=str(form["draft"]),
        request_no=made.request_no,
        order_no=draft.order_no,
        summary=summary,
    )
    turn.learn(demand=solution)
    forms.close_form(turn)
    forget_questions(turn)
    turn.card(cards.request_card(made, turn.store))
    turn.say("utter_return_submitted", solution=solution, request_no=made.request_no, next=made.next)


forms.register("return", "退换申请", proceed)
