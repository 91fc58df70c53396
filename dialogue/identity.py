"""Who is asking and which order is meant (H6, H8): the pattern `identify` and the questions for an order, a line, a product.

`identify` is pushed above the flow that needs an order. It collects order number and proof in any order, one message or
several, asks the order system once a turn, and gives the order to the flow below, which then answers what was asked
before without asking it again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from aftersales.formatting import moment
from aftersales.order_system.port import Order
from dialogue import people, waiting
from dialogue.case_notes import TOLD_NUMBER, TOLD_PROOF
from dialogue.commands import Command
from dialogue.flows import Flow
from dialogue.goods_named import goods_named
from dialogue.order_choice import HEADS, choose_order, doubled, named_items, named_orders, says_another, twins
from dialogue.outcome import Button, Gateway, Run
from dialogue.situation import UNDER_WAY, situation_of
from dialogue.state import Frame
from dialogue.values import frame_values, tail

IDENTIFY, WHICH_ORDER, WHICH_ITEM, WHICH_PRODUCT = "identify", "which_order", "which_item", "which_product"
#: Frames that only find out what another frame is about.
FINDING = frozenset({IDENTIFY, WHICH_ORDER, WHICH_ITEM, WHICH_PRODUCT})
#: What a customer may be unable or unwilling to tell.
NUMBERS = frozenset({"order_no", "proof"})


def recognise_login(run: Run) -> None:
    """Take over who the store's login says is here; the gateway has checked the token."""
    phone = run.scene.at.identity.get("phone")
    if phone and run.state.customer is None:
        _identified(run, "token", str(phone), run.scene.at.identity.get("name"))


def ready(run: Run, frame: Frame, flow: Flow) -> bool:
    """Is everything known that the flow needs? Otherwise the question for it has been asked."""
    needs = flow.needs
    told = (
        bool(run.given.get("order_no")) and not frame.order_no
    )  # a number beside the words: about that order
    if (needs.customer or told) and not _verified(run, frame):
        return False
    if (needs.order or told) and not _order_known(run, frame, flow):
        return False
    if needs.item and not _item_known(run, frame, flow):
        return False
    return not needs.product or _product_known(run, frame)


def _verified(run: Run, frame: Frame) -> bool:
    """Verified, and for the order that this message names (another phone is verified again)."""
    state, given = run.state, run.given.get("order_no")
    own = given and any(one.order_no == given for one in run.scene.orders())
    if state.customer is not None and (frame.order_no or not given or own):
        return True
    open_identify(run, given, run.given.get("proof"))
    return not (run.asked or run.ended) and state.customer is not None


def open_identify(run: Run, order_no: str | None, proof: str | None) -> None:
    """Push the pattern (the one that waits already, where there is one) and go as far as what is known allows."""
    waiting = run.state.frame(IDENTIFY)
    frame = waiting or Frame(IDENTIFY, run.draft(IDENTIFY), words=run.words)
    if waiting is not None:
        run.close(waiting)
    told = order_no or run.state.told.get(
        TOLD_NUMBER
    )  # the number of a matter that was given up is not asked for again
    if told and not frame.slots.get("order_no"):
        frame.slots["order_no"] = str(told)
    note_beside(run, frame)
    proof = proof or run.state.told.pop(TOLD_PROOF, None)  # told while waiting for a person
    if proof:
        frame.slots["proof"] = proof
    run.state.frames.append(frame)
    identify(run, frame)


def note_beside(run: Run, frame: Frame) -> None:
    """Further order numbers told in one breath: what is asked is answered for each of them once it is known who asks."""
    if run.given.get("beside"):
        frame.data["beside"] = run.given["beside"]


def _put_beside(run: Run, frame: Frame, below: Frame | None) -> None:
    """The other numbers, where they are the customer's as well: what waits and names their goods is about them, else the same
    matter is."""
    for number in frame.data.get("beside") or ():
        own = run.scene.own_order(number)
        if own is None or below is None:
            continue
        names = {one.name for one in own.items}
        waits = [one for one in run.state.pending if names & set(one.get("goods") or ())]
        for one in waits:
            one["order_no"] = own.order_no
        if not waits:
            more = {"of_order": own.order_no, "intent": below.intent}
            same = Command("start", below.flow, dict(below.slots), "、".join(sorted(names)), more)
            waiting.set_pending(run, [*run.state.pending, waiting.matter(run, same, below.draft)])


def identify(run: Run, frame: Frame) -> None:
    """Ask for what is missing, or verify. Done: the frame is gone and the order is in hand."""
    order_no, proof = frame.slots.get("order_no"), frame.slots.get("proof")
    if order_no:
        run.state.told[TOLD_NUMBER] = str(order_no)
    if not order_no:
        _ask_order_no(run, frame)
    elif not proof:
        frame.step = "proof"
        run.say("utter_ask_phone_tail", {"order_no": str(order_no)}, expects="phone_tail")
        run.asked = True
    else:
        _verify(run, frame, str(order_no), str(proof))


def _ask_order_no(run: Run, frame: Frame) -> None:
    frame.step = "order_no"
    if run.given.get("way_told") and run.out:
        return
    run.asked = True
    below = waits_for(run, frame)
    issue = run.store.categories.of_intent(below.intent) if below else None
    if run.store.words.hit("answers.dont_know", run.words) and not frame.slots.get("proof"):
        run.say("utter_help_order_no", expects="order_no")
    elif frame.slots.get("proof"):
        run.say("utter_ask_order_no_only", expects="order_no")
    elif below is not None and issue is not None and issue.is_issue:
        named = run.store.words.label("intent", below.intent)
        shown = issue.name if named == below.intent else named  # 催快递, not the category's 催促与延迟
        run.say("utter_ask_order_no", {"issue": shown}, expects="order_no")
    else:
        run.say("utter_ask_order_no_plain", expects="order_no")


def without_number(run: Run, frame: Frame | None, slot: str, *, partial: bool = False) -> None:
    """没有订单号, 不想给电话: never a dead end and no wrong proof (H6, H8): where to find it and what else proves who is
    here; said a second time, a person is offered, who can look for the order; the third time one comes. `partial`: only the
    end of the order's number, by which nothing is looked up."""
    said = int(run.state.told.get("without_number") or 0)
    run.state.told["without_number"] = said + 1
    if frame is not None:
        run.given.setdefault("touched", []).append(frame.draft)
    if said > 1:
        people.hand_off(run, "requested", [run.words])
        return
    if said:
        below = waits_for(run, frame) if frame else None
        people.offer(run, f"utter_without_{slot}_person", {}, human="requested", frame=below)
        return
    order_no = str(frame.slots.get("order_no") or "") if frame else ""
    expects = "phone_tail" if slot == "proof" and order_no else "order_no"
    proof = bool(frame and frame.slots.get("proof")) or run.given.get("proof_told")
    proof = proof or run.state.told.get(TOLD_PROOF)  # what is there already is not asked for again
    if partial:
        response = "utter_order_no_partial_proof" if proof else "utter_order_no_partial"
    elif slot == "order_no" and proof:
        response = "utter_without_order_no_proof"
    else:
        response = f"utter_without_{slot}"
    run.say(response, {"order_no": order_no}, expects=expects)
    run.asked = True


def waits_for(run: Run, frame: Frame) -> Frame | None:
    """The frame below, whose matter waits for this."""
    frames = run.state.frames
    place = next((at for at, one in enumerate(frames) if one is frame), 0)
    return frames[place - 1] if place else None


def verify_quietly(run: Run, order_no: str, proof: str) -> None:
    """Verify without a word (a customer who waits for a person): known then, or the number is only noted."""
    result = run.scene.outside.verify(order_no, proof)
    run.note(f"identify {order_no} → {result.outcome}")
    run.state.told.pop(TOLD_PROOF, None)
    if not result.ok or result.phone is None:  # the other half may still be corrected
        run.state.told[TOLD_NUMBER] = order_no
        run.state.learn(order_no=run.state.facts.get("order_no") or order_no)
        return
    run.state.told.pop(TOLD_NUMBER, None)
    _identified(run, result.method or "order_phone", result.phone, result.name)
    order = run.scene.outside.order(order_no)
    if order is not None:
        in_hand(run, order)


def verify_told(run: Run) -> None:
    """A person is called for in the message that tells number and proof, or the half of them that was missing."""
    waiting = run.state.frame(IDENTIFY)
    known = dict(waiting.slots) if waiting is not None else {}
    order_no = run.given.get("order_no") or known.get("order_no") or run.state.told.get(TOLD_NUMBER)
    proof = run.given.get("proof") or known.get("proof") or run.state.told.get(TOLD_PROOF)
    own = any(one.order_no == order_no for one in run.scene.orders())
    if order_no and proof and not own:
        verify_quietly(run, str(order_no), str(proof))
    elif proof and not own:
        run.state.told[TOLD_PROOF] = str(proof)


def _verify(run: Run, frame: Frame, order_no: str, proof: str) -> None:
    result = run.scene.outside.verify(order_no, proof)
    run.state.told.pop(TOLD_NUMBER, None)
    run.note(f"identify {order_no} → {result.outcome}")
    if result.outcome == "locked":
        run.close(frame)
        people.offer(run, "utter_verify_locked", {}, human="requested")
        return
    if not result.ok or result.phone is None:
        frame.slots = {"order_no": order_no}
        frame.data["tried"] = True
        frame.step = "order_no"
        run.say("utter_verify_wrong", expects="order_no")
        run.asked = True
        return
    _identified(run, result.method or "order_phone", result.phone, result.name)
    _put_beside(run, frame, waits_for(run, frame))
    run.close(frame)
    order = run.scene.outside.order(order_no)
    if order is not None:
        in_hand(run, order)
        run.named = True


def _identified(run: Run, method: str, phone: str, name: str | None) -> None:
    """Remember and announce who the customer is (H6); orders of an earlier verified phone stay visible."""
    state = run.state
    if state.customer is not None and str(state.customer["phone"]) != phone:
        state.phones = [str(state.customer["phone"]), *(one for one in state.phones if one != phone)]
    state.customer = {"method": method, "phone": phone, "name": name}
    run.out.append(Gateway("identified", {"method": method, "phone": phone, "name": name}))


def in_hand(run: Run, order: Order) -> None:
    """Make it the order being talked about."""
    state = run.state
    if state.order_no != order.order_no:
        state.item_id = None
    state.order_no = order.order_no
    state.learn(order_no=order.order_no)
    if len(order.items) == 1:
        state.learn(item=order.items[0].name)


def _order_known(run: Run, frame: Frame, flow: Flow) -> bool:
    orders = run.scene.orders()
    if frame.order_no:
        own = next((one for one in orders if one.order_no == frame.order_no), None)
        if own is not None:
            in_hand(run, own)
            return True
    if not orders:
        open_identify(run, None, None)
        return False
    given = run.given.get("order_no")
    own = next((one for one in orders if one.order_no == given), None)
    if own is None and flow.needs.item and not run.named:
        word = _named_elsewhere(run, frame.words, orders)
        if word is not None:
            ask_which_order(run, orders, word)
            return False
    current = next((one for one in orders if one.order_no == run.state.order_no), None)
    if own is None and flow.needs.doubled and not run.named:
        prefer = flow.needs.preferred(frame.slots)
        own = doubled(orders, words=frame.words, in_hand=run.state.order_no, prefer=prefer)
    if own is None:
        own = choose_order(
            orders,
            words=frame.words,
            in_hand=run.state.order_no,
            named=run.named and not _names_another(run, frame.words, orders),
            prefer=flow.needs.preferred(frame.slots),
            only=flow.needs.only,
            another=says_another(frame.words, run.store.words, current),
            under_way=(lambda one: situation_of(run.scene, one))
            if UNDER_WAY & {*flow.needs.prefer}
            else None,
        )
    if own is None:
        ask_which_order(run, named_orders(frame.words, orders) or orders)
        return False
    frame.order_no = own.order_no
    in_hand(run, own)
    return True


def _names_another(run: Run, words: str, orders: Sequence[Order]) -> bool:
    """Of two matters in one message each is about the goods that it names, not about what the other one pointed at."""
    by_name = named_orders(words, orders) if run.given.get("pointed") else []
    return len(by_name) == 1 and by_name[0].order_no != run.state.order_no


def _named_elsewhere(run: Run, words: str, orders: Sequence[Order]) -> str | None:
    """A product that the words name though none of the customer's orders has it."""
    if named_orders(words, orders):
        return None
    names = [item.name for one in orders for item in one.items]
    for head in HEADS:
        if head in words and not any(head in name for name in names):
            return head
    found = run.scene.products(words)
    return found[0].name if found and found[0].name in words else None


def ask_which_order(run: Run, orders: Sequence[Order], word: str | None = None) -> None:
    """Ask which order, one button each; `word`: the product we did not find among them."""
    shown = list(orders[: run.store.policy.limits.orders_shown])
    same = len(shown) > 1 and len(twins(shown[0], shown)) == len(shown) - 1
    if same:  # as they were placed: 后面那单 is the last of the list, too
        shown.sort(key=lambda one: (one.created_at, one.order_no))
    buttons = [
        Button(_choice(run, one, shown), f"/choose{json.dumps({'slot': 'order_no', 'value': one.order_no})}")
        for one in shown
    ]
    frame = Frame(WHICH_ORDER, run.draft(WHICH_ORDER), step="order_no", words=run.words)
    frame.data["names"] = {
        "order_no": {one.order_no: button.title for one, button in zip(shown, buttons, strict=True)}
    }
    run.state.frames.append(frame)
    response = "utter_product_elsewhere" if word else "utter_ask_which_order"
    response = "utter_ask_which_of_same" if same and not word else response
    values = {
        "count": str(len(orders)),
        "word": word or "",
        "item": "、".join(item.name for item in shown[0].items),
        "orders": "、".join(f"{tail(run, one)}（{_told(run, one)}）" for one in shown),
    }
    run.say(response, values, buttons=buttons, expects="order_no")
    run.asked = True


def ask_which_of(run: Run, numbers: Sequence[str]) -> None:
    """水壶, to "which order?", where two of them have one: asked again, of those."""
    top = run.state.top
    if top is not None and top.flow == WHICH_ORDER:
        run.close(top)
    ask_which_order(run, [one for one in run.scene.orders() if one.order_no in numbers])


def _choice(run: Run, order: Order, shown: Sequence[Order]) -> str:
    """An order on a button; the end of its number where another one has the same goods."""
    goods = "、".join(item.name for item in order.items)
    which = f" {tail(run, order)}" if twins(order, shown) else ""
    return f"{goods}{which}（{run.store.words.label('order_state', order.state)}）"


def _told(run: Run, order: Order) -> str:
    """When it was placed and how it stands."""
    label = run.store.words.label
    made = label("identity", "placed").format(at=moment(order.created_at, run.store.tz))
    return f"{made}，{label('order_state', order.state)}"


def _item_known(run: Run, frame: Frame, flow: Flow) -> bool:
    order = run.scene.outside.order(str(frame.order_no))
    if order is None:
        return True
    chosen = frame.item_id or frame.slots.get("item")
    if chosen is None:
        named = named_items(frame.words, order)
        pointed = order.item(str(run.given.get("item"))) if run.named else None
        named = [pointed] if not named and pointed is not None else named
        lines = named if len(named) == 1 else list(order.items)
        if len(lines) > 1:
            ask_which_item(run, frame, order)
            return False
        chosen = lines[0].item_id if lines else None
    item = order.item(str(chosen)) if chosen else None
    if item is not None:
        frame.item_id = item.item_id
        frame.slots["item"] = item.item_id
        run.state.item_id = item.item_id
        run.state.learn(item=item.name)
    return True


def ask_which_item(run: Run, frame: Frame, order: Order) -> None:
    """Ask which line of the order, one button each."""
    names = {one.item_id: f"{one.name} {one.spec}".strip() for one in order.items}
    buttons = [
        Button(name, f"/choose{json.dumps({'slot': 'item', 'value': code})}") for code, name in names.items()
    ]
    asked = Frame(WHICH_ITEM, run.draft(WHICH_ITEM), step="item", order_no=order.order_no, words=run.words)
    asked.data["names"] = {"item": names}
    run.state.frames.append(asked)
    run.say("utter_ask_item", {"count": str(len(names))}, buttons=buttons, expects="item")
    run.asked = True


def _product_known(run: Run, frame: Frame) -> bool:
    """The product named in the words, else the one talked about, on the page, or bought; otherwise asked for."""
    if frame.slots.get("product"):
        run.state.sku = str(frame.slots["product"])
        return True
    found = goods_named(run.scene, frame.words)
    sku = found[0].sku if found else run.state.sku or run.scene.at.page.get("sku")
    if sku is None and run.state.facts.get("item"):
        bought = run.scene.products(str(run.state.facts["item"]))
        sku = bought[0].sku if bought else None
    if sku is not None:
        frame.slots["product"] = run.state.sku = str(sku)
        return True
    asked = Frame(WHICH_PRODUCT, run.draft(WHICH_PRODUCT), step="product", words=run.words)
    run.state.frames.append(asked)
    run.say("utter_ask_product", frame_values(run, frame, None))
    run.asked = True
    return False
