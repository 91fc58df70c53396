"""The flows of orders and logistics, command by command: what is said, shown, written and offered."""

from datetime import timedelta

from aftersales.order_system.port import Invoice, Promotion, Refused
from tests.aftersales.conftest import START
from tests.aftersales.decisions.cases import SHIRT, order, parcel, refund, request
from tests.dialogue.order_stage import OneOrder, Stage

STILL = parcel(hours_ago=80)
URGED = request("urge", due_in_hours=24)


def stage(**outside: object) -> Stage:
    return Stage(OneOrder(**outside))  # type: ignore[arg-type]


# -- logistics -------------------------------------------------------------------------------------------------------
def test_a_question_where_it_is_leaves_no_task() -> None:
    on = stage(order_=order("shipped"), parcel_=parcel(eta=START + timedelta(days=1)))
    assert on.play("answer(logistics)", "track_parcel") == ["card:logistics", "utter_logistics_moving_eta"]
    assert on.outside.writes == []


def test_still_not_here_offers_to_hurry_and_a_yes_hurries_without_telling_it_again() -> None:
    on = stage(order_=order("shipped"), parcel_=parcel(), answer=URGED)
    assert on.play("start(urge, what=delivery)", "urge_delivery") == [
        "card:logistics",
        "utter_logistics_moving",
        "utter_urge_offer_delivery",
    ]
    assert on.outside.writes == []
    assert on.play("set(ok=yes)") == ["effect:urged", "utter_urged"]
    assert on.outside.writes[0][2]["what"] == "delivery"


def test_who_says_hurry_gets_the_task_at_once_and_only_one() -> None:
    on = stage(order_=order("shipped"), parcel_=STILL, answer=URGED)
    told = on.play("start(urge, what=delivery, hurry=yes)", "urge_delivery")
    assert told == ["card:logistics", "utter_logistics_stalled", "effect:urged", "utter_urged"]
    on.outside.requests_, on.outside.answer = [URGED], request("urge", due_in_hours=24, repeated=True)
    assert on.play("start(urge, what=delivery, hurry=yes)", "urge_delivery") == [
        "effect:urged",
        "utter_urge_open",
    ]
    assert on.play("start(urge, what=delivery)", "urge_delivery")[-1] == "utter_urge_open"
    assert len(on.outside.writes) == 2


def test_late_dispatch_is_said_and_hurried_only_on_a_wish() -> None:
    on = stage(order_=order("paid", ship_by=START - timedelta(hours=1)), answer=URGED)
    assert on.play("start(urge, what=dispatch)", "urge_dispatch") == [
        "utter_dispatch_late",
        "utter_urge_offer_dispatch",
    ]
    assert on.play("set(ok=no)") == ["utter_ok_not_done"]
    assert on.outside.writes == []


def test_a_parcel_that_stands_still_for_too_long_is_searched() -> None:
    on = stage(order_=order("shipped"), parcel_=parcel(hours_ago=200))
    told = on.play("start(urge, what=delivery, hurry=yes)", "urge_delivery")
    assert told == ["card:logistics", "utter_logistics_lost", "utter_ask_claim_wish"]
    assert on.play("set(wish=resend)") == ["utter_claim_confirm"]
    assert on.outside.writes == []
    on.outside.answer = request("claim")
    assert on.play("set(ok=yes)") == ["effect:parcel_claimed", "card:request", "utter_claim_opened"]


def test_one_part_of_what_was_told() -> None:
    on = stage(order_=order("shipped"), parcel_=parcel())
    on.play("answer(logistics)", "track_parcel")
    assert on.play("answer(logistics, part=number)", "track_parcel") == ["utter_parcel_number"]
    on.outside.parcel_ = STILL
    assert "utter_logistics_stalled" in on.play("answer(logistics, part=when)", "track_parcel")


def test_signed_but_not_received() -> None:
    on = stage(order_=order("signed"), parcel_=parcel("signed"))
    told = on.play("start(lost_parcel)", "parcel_lost")
    assert told == ["card:logistics", "utter_lost_signed", "utter_ask_asked"]
    assert on.play("set(asked=all)") == ["utter_ask_claim_wish"]
    assert on.state.facts["responsibility"] == "logistics"
    for answer, response in (("found", "utter_lost_found"), ("later", "utter_lost_later")):
        on = stage(order_=order("signed"), parcel_=parcel("signed"))
        on.play("start(lost_parcel)", "parcel_lost")
        assert on.play(f"set(asked={answer})") == [response]


# -- orders ----------------------------------------------------------------------------------------------------------
def test_an_order_that_is_late_says_so() -> None:
    on = stage(order_=order("paid", ship_by=START - timedelta(hours=1)))
    told = on.play("answer(order_status)", "order_query")
    assert told == ["card:order", "utter_order_late", "utter_urge_offer_dispatch"]


def test_cancelling_is_read_back_and_written_once_under_the_frames_key() -> None:
    on = stage(order_=order("paid"), answer=request("cancel", "refunding"))
    assert on.play("start(cancel_order)", "cancel_order") == ["utter_cancel_confirm"]
    assert on.play("set(ok=yes)") == ["effect:order_cancelled", "card:request", "utter_cancelled"]
    assert [(name, key) for name, key, _ in on.outside.writes] == [
        ("cancel", "cancel_order:conversation:turn1")
    ]


def test_a_no_cancels_nothing() -> None:
    on = stage(order_=order("paid"))
    on.play("start(cancel_order)", "cancel_order")
    assert on.play("set(ok=no)") == ["utter_ok_not_done"]
    assert on.play("start(cancel_order, undo=yes)", "cancel_order") == ["utter_ok_not_done"]
    assert on.outside.writes == []


def test_an_unpaid_order_is_cancelled_without_talk_of_a_refund() -> None:
    on = stage(order_=order("unpaid"), answer=request("cancel", "done"))
    assert on.play("start(cancel_order)", "cancel_order") == ["utter_cancel_confirm_unpaid"]
    assert on.play("set(ok=yes)")[-1] == "utter_cancelled_unpaid"


def test_where_cancelling_is_over_the_ways_that_are_open() -> None:
    assert stage(order_=order("cancelled")).play("start(cancel_order)", "cancel_order") == [
        "utter_already_over"
    ]
    assert stage(order_=order("signed")).play("start(cancel_order)", "cancel_order") == [
        "utter_cancel_signed"
    ]
    undone = stage(order_=order("cancelled"))
    assert undone.play("start(cancel_order, undo=yes)", "cancel_order") == ["utter_cancel_cannot_undo"]
    on = stage(order_=order("shipped"))
    assert on.play("start(cancel_order)", "cancel_order") == ["utter_cancel_too_late"]
    assert on.play("set(ok=yes)")[-1] == "handoff:out_of_policy"


def test_a_new_address_at_the_confirmation_is_a_correction() -> None:
    on = stage(order_=order("paid"), answer=request("address", "done"))
    assert on.play("start(change_address)", "modify_address") == ["utter_ask_address"]
    told = on.play("set(address=南京市中山路18号, receiver=张三, phone=13912345678)")
    assert told == ["utter_address_readback"]
    assert "13912345678" not in str([one.values.get("tail") for one in on.said])
    assert on.play("correct(address=南京市珠江路88号)")[-1] == "utter_address_readback"
    assert on.play("set(ok=no)")[-1] == "utter_ask_address_again"
    assert on.play("set(address=南京市珠江路99号)")[-1] == "utter_address_readback"
    assert on.play("set(ok=yes)")[-1] == "utter_address_changed"
    assert on.outside.writes[0][2] == {"order_no": "202611010007", "address": "南京市珠江路99号"}


def test_a_refused_address_is_asked_again_and_confirmed_again() -> None:
    on = stage(order_=order("paid"), answer=Refused("invalid", "地址看起来不完整。"))
    on.play("start(change_address, address=甲路1号)", "modify_address")
    assert on.play("set(ok=yes)") == ["utter_refused", "utter_ask_address_again"]
    assert on.play("set(address=南京市珠江路99号)") == ["utter_address_readback"]
    on.outside.answer = Refused("already_dispatched", "这笔订单已经发货。")
    assert on.play("set(ok=yes)") == ["utter_refused", "utter_refused_person"]


def test_what_people_change() -> None:
    assert stage(order_=order("paid")).play("start(change_item)", "modify_item") == [
        "utter_change_item_person"
    ]
    custom = stage(order_=order("paid", items=[SHIRT]))
    assert custom.play("start(change_address)", "modify_address") == ["utter_change_custom"]
    free = stage(order_=order("unpaid", items=[SHIRT]))
    assert free.play("start(change_address)", "modify_address") == ["utter_ask_address"]


# -- money -----------------------------------------------------------------------------------------------------------
def test_price_protection_respects_used_promotions() -> None:
    coupon = (Promotion("WELCOME20", "新人券", "新人减 20 元。"),)
    inside = stage(order_=order("paid"))
    assert inside.play("start(price_protection)", "price_protect") == ["utter_price_in_window"]
    assert inside.state.frames[-1].data["start"] == "price_check"
    used = stage(order_=order("paid", promotions=coupon))
    assert used.play("start(price_protection)", "price_protect") == ["utter_price_promotion"]
    assert used.play("set(ok=yes)")[-1] == "handoff:out_of_policy"
    assert used.state.facts["policy"]["result"] == "needs_review"


def test_refunds_from_the_real_state() -> None:
    on = stage(order_=order("cancelled"), refunds_=[refund()])
    assert on.play("answer(refund_progress, about=refund)", "refund_progress") == ["utter_refund_processing"]
    assert on.play("answer(refund_progress, part=where)", "refund_progress") == ["utter_refund_where"]
    late = stage(order_=order("refunded"), refunds_=[refund(due_in_days=-1)])
    assert late.play("answer(refund_progress, about=refund)", "refund_progress") == ["utter_refund_overdue"]
    sent = stage(order_=order("signed"), requests_=[request("urge"), request("return", "approved")])
    told = sent.play("answer(refund_progress, about=return)", "return_progress")
    assert told == ["card:request", "utter_request_stands_due"]


# -- invoices --------------------------------------------------------------------------------------------------------
def test_a_personal_invoice_goes_to_the_orders_mail() -> None:
    on = stage(order_=order("signed", email="wang@example.com"), answer=request("invoice"))
    assert on.play("start(invoice)", "invoice_request") == ["utter_ask_invoice_title"]
    assert on.play("set(title=个人, title_kind=personal)") == ["utter_invoice_readback"]
    assert on.said[-1].values["email"] == "wang@example.com"
    assert on.play("correct(email=a@b.cn)")[-1] == "utter_invoice_readback"
    assert on.play("set(ok=yes)") == ["effect:invoice_requested", "card:request", "utter_invoice_requested"]
    assert on.outside.writes[0][2]["email"] == "a@b.cn"


def test_a_company_needs_its_tax_number() -> None:
    on = stage(order_=order("signed", email="wang@example.com"))
    on.play("start(invoice)", "invoice_request")
    assert on.play("set(title=上海明月贸易有限公司, title_kind=company)") == ["utter_ask_tax_no"]
    assert on.play("skip(tax_no)") == ["utter_invoice_needs_tax_no", "utter_invoice_title_again"]
    assert on.play("set(title=张三, title_kind=personal)")[-1] == "utter_invoice_readback"


def test_a_wrong_title_or_tax_number_is_asked_again() -> None:
    on = stage(order_=order("signed", email="wang@example.com"), answer=Refused("invalid", "税号不对。"))
    on.play(
        "start(invoice, title=明月公司, title_kind=company, tax_no=91310115MA1K4ABC1X)", "invoice_request"
    )
    assert on.play("set(ok=yes)") == ["utter_refused", "utter_ask_tax_no"]
    assert on.play("set(tax_no=91310115MA1K4ABC12)") == ["utter_invoice_readback_company"]
    assert on.play("set(ok=no)") == ["utter_invoice_title_again"]


def test_no_special_invoices_here() -> None:
    on = stage(order_=order("signed"))
    assert on.play("start(invoice, special=yes)", "invoice_request") == ["utter_invoice_no_special"]
    assert on.play("set(ok=yes)")[-1] == "handoff:out_of_policy"


def test_how_an_invoice_stands() -> None:
    none = stage(order_=order("signed"))
    assert none.play("start(invoice_progress)", "invoice_progress") == ["utter_invoice_state_none"]
    assert none.play("set(ok=yes)") == ["utter_ask_invoice_title"]
    issued = order("signed", invoice=Invoice("issued", title="张三", issued_at=START - timedelta(days=2)))
    assert stage(order_=issued).play("start(invoice_progress)", "invoice_progress") == [
        "utter_invoice_issued"
    ]
    on = stage(order_=issued)
    told = on.play("start(invoice_progress, wrong=yes)", "invoice_progress")
    assert told == ["utter_invoice_issued", "utter_ask_reissue_title"]


# -- sent back -------------------------------------------------------------------------------------------------------
def test_the_number_of_a_parcel_sent_back() -> None:
    made = request("return", "approved")
    on = stage(order_=order("signed"), requests_=[made], answer=request("return", "sent_back"))
    told = on.play("start(tracking_number, tracking_no=YT2611010008777)")
    assert told == ["effect:tracking_no_given", "card:request", "utter_tracking_noted"]
    none = stage(order_=order("signed"))
    assert none.play("start(tracking_number, tracking_no=YT2611010008777)") == ["utter_tracking_no_request"]
