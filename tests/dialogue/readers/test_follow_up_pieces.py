"""A small sentence of a longer message goes on with what was answered last (data/dialogue/context.yml, follow_ups)."""

import pytest

from dialogue.readers import context
from dialogue.reading import Reading
from tests.dialogue.readers.meaning_scenes import order, scene

NO = "202611010001"


def read(text: str, last: str) -> list[Reading]:
    state = {"last": {"intent": last, "flow": "", "order_no": NO}}
    return list(
        context.read(scene(text, "urge_delivery", orders=[order(NO, "羽绒服", "signed")], state=state))
    )


@pytest.mark.parametrize(
    ("text", "last", "name", "words"),
    [
        ("我没问快递啊 我问钱为啥这么慢", "refund_progress", "refund_progress", "我问钱为啥这么慢"),
        (
            "还要到2号? 微信退款不是秒到的吗",
            "refund_progress",
            "refund_progress",
            "还要到2号? 微信退款不是秒到的吗",
        ),
        ("确认 几天能到邮箱", "invoice_request", "invoice_when_issue", "几天能到邮箱"),
        ("我明天要出差 12月1号几点能到啊", "track_parcel", "delivery_time_of_day", "12月1号几点能到啊"),
    ],
)
def test_a_piece_goes_on(text: str, last: str, name: str, words: str) -> None:
    found = [one for one in read(text, last) if text[slice(*one.span)] == words]
    assert [one.name for one in found] == [name]


@pytest.mark.parametrize("text", ["我没问快递啊 我问钱为啥这么慢", "确认 几天能到邮箱"])
def test_nothing_goes_on_after_another_answer(text: str) -> None:
    names = {one.name for one in read(text, "modify_address")}
    assert not names & {"refund_progress", "invoice_when_issue"}


def test_a_piece_that_names_another_matter_does_not_go_on() -> None:
    assert not [one for one in read("好的 那保修到几号", "refund_progress") if one.name == "refund_progress"]
