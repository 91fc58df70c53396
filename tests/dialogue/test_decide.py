"""What is decided where readings compete: a kind of turn each, with neighbours. The intent model's judgement is given."""

from __future__ import annotations

import pytest

from actions.store import load_dialogue
from designer.command_parts import command_parts, right_parts
from designer.labelled_scenes import scene_of
from designer.labelled_turns import Row
from dialogue.commands import read_commands
from dialogue.decide import decide
from dialogue.message import Message
from dialogue.readers.table import read_all
from dialogue.scene import Store

RETURN = "return{reason=quality,condition=used}"
READ_BACK = "return{reason=quality,condition=used,solution=exchange}"
SIGNED = "signed:扫地机器人"

#: sentence, intent, how sure the model is, asked, open frames, situation, last answer, commands
TURNS = [
    # the matter that is open, heard again, is no command beside an answer
    ("全额退 货你们拉走", "return_request", 0.9, "solution", RETURN, SIGNED, "-", "set(solution=return)"),
    ("没人签 我家对门是空房", "parcel_lost", 0.9, "asked", "lost_parcel", SIGNED, "-", "set(asked=all)"),
    # left below another one it is taken up again
    ("发票不急 先退货", "return_request", 0.9, "title", "return{reason=size}>invoice", SIGNED, "-", "resume"),
    # a correction beats yes and no
    ("不对 是退货", "return_request", 0.9, "ok", READ_BACK, SIGNED, "-", "correct(solution=return)"),
    ("换太麻烦 给我修好就中", "repair_request", 0.9, "ok", READ_BACK, SIGNED, "-", "correct(solution=repair)"),
    # the words of an answer begin no second matter
    ("给我换个新的", "exchange_request", 1.0, "demand", "complaint{kind=repeat,what=x}", SIGNED, "-", "set(demand=exchange)"),
    # a refused value is none, whatever the model hears, and the flow stays
    ("换货不要，退款", "exchange_request", 1.0, "solution", RETURN, SIGNED, "-", "set(solution=return)"),
    ("不想换", "exchange_request", 0.9, "solution", RETURN, SIGNED, "-", "chat(deny)"),
    # a question is weighed in its own small sentence
    ("没拆封，发票也能退吗", "nlu_fallback", 0.3, "condition", "return{reason=no_reason}", SIGNED, "-", "set(condition=unopened) + answer(return_policy)"),
    # a question that names what we asked for is about that
    ("税号在哪看", "usage_howto", 0.9, "tax_no", "invoice{title=x}", SIGNED, "-", "explain(tax_no)"),
    ("照片要几张", "promo_gift", 0.7, "evidence", RETURN, SIGNED, "-", "explain(evidence)"),
    # after an offer a question is about the offer, unless it names another matter outright
    ("管用吗", "presale_spec", 0.9, "ok", "offer{human}", SIGNED, "return", "explain(ok)"),
    ("那保修到什么时候", "warranty_policy", 0.9, "ok", "offer{human}", SIGNED, "return", "answer(warranty)"),
    # given up, and another matter in other words
    ("算了不退了 帮我开发票", "invoice_request", 0.9, "condition", "return{reason=size}", SIGNED, "-", "cancel(return) + start(invoice)"),
    ("都不弄了", "stop_form", 0.9, "title", "return{reason=size}>invoice", SIGNED, "-", "cancel(return) + cancel(invoice)"),
    # what only describes the goods is kept
    ("左边那个角磕着了一块", "nlu_fallback", 0.3, "evidence", RETURN, SIGNED, "-", "set(description=x)"),
    # words of a value begin a flow that the model does not hear
    ("机器人不转了", "ask_human", 0.4, "-", "-", SIGNED, "-", "start(return, reason=quality)"),
    # half a sentence goes on with the last answer
    ("几个月", "fragment", 0.8, "-", "-", SIGNED, "warranty", "answer(warranty)"),
    ("要是发错的呢", "wrong_item", 0.9, "-", "-", SIGNED, "return_policy", "answer(return_policy, reason=wrong)"),
    # a choice of two is answered by naming one
    ("是要退货", "return_request", 0.9, "chosen", "clarify{return,cancel_order}", SIGNED, "-", "set(chosen=return)"),
    # a thing that is asked about by a part of its name
    ("碗的", "fragment", 0.8, "item", "return>which_item", "signed:玻璃餐具套装", "-", "set(item=玻璃餐具套装)"),
    # anything goes is no yes
    ("都行", "affirm", 0.9, "solution", RETURN, SIGNED, "-", "unclear"),
    # small talk gives way to what is wanted; a denial is not a complaint
    ("谢谢 帮我查下物流", "thanks", 0.9, "-", "-", SIGNED, "-", "answer(logistics)"),
    ("我不是来投诉的", "complain_attitude", 0.9, "-", "-", "-", "-", "chat(deny)"),
]  # fmt: skip


@pytest.fixture(scope="module")
def store() -> Store:
    return load_dialogue()


@pytest.mark.parametrize("turn", TURNS, ids=lambda turn: str(turn[0]))
def test_decided(store: Store, turn: tuple[str, str, float, str, str, str, str, str]) -> None:
    sentence, intent, confidence, asked, frames, situation, last, wanted = turn
    row = Row("here", 1, sentence, asked, frames, situation, last, tuple(read_commands(wanted)))
    message = Message(sentence, intent=intent, confidence=confidence, candidates=((intent, confidence),))
    scene = scene_of(row, message, store)
    decision = decide(scene, list(read_all(scene)), store.arbiter)
    parts = command_parts(decision.commands, store, row)
    assert right_parts(command_parts(row.wanted, store, row), parts), decision.trace[:5]
