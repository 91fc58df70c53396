"""No sentence is said twice in a row, whatever a customer says after whatever; small talk stays short (issue 3)."""

import itertools
import random
from pathlib import Path

import pytest

from designer.places import Places
from designer.responses import read_responses
from tests.conversations.stack import Customer, Stack

ROOT = Path(__file__).resolve().parents[2]
RESPONSES = read_responses(ROOT, Places(ROOT))[0]
PAIRS = 200
LONGEST_SMALL_TALK = 60
SAID = """
在吗 | 你好 | 谢谢 | 好的 | 不用了 | 哈哈哈 | 讲个笑话 | 今天天气真好 | 你是机器人吗 | 你叫什么 | 能干啥 | 。。。 | ？
我要退货 | 我想换货 | 东西坏了 | 发错货了 | 快递到哪了 | 什么时候发货 | 催一下 | 取消订单 | 改地址 | 开发票 | 退款到账了吗
多少钱 | 有货吗 | 有什么优惠 | 包邮吗 | 发什么快递 | 保修多久 | 支持七天无理由吗 | 怎么用 | 羽绒服有什么颜色
那个 | 这个怎么弄 | 又来了 | 每次都这样 | 我要投诉 | 算了 | 对 | 不对 | 嗯嗯 | 帮我写首诗 | hello | 202611010003 5678 | 没有照片
"""


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_said_twice_in_a_row(stack: Stack, seed: int) -> None:
    sentences = [one.strip() for one in SAID.replace("\n", "|").split("|") if one.strip()]
    chance = random.Random(seed)
    for _ in range(PAIRS // 4):
        customer = Customer(stack)
        first, second = chance.choice(sentences), chance.choice(sentences)
        if chance.random() < 0.3:
            second = first
        said = [
            reply["text"]
            for text in (first, second)
            for reply in customer.say(text)["replies"]
            if reply["kind"] == "text"
        ]
        for one, following in itertools.pairwise(said):
            assert one != following, f"{first} / {second}: {said}"


def test_every_sentence_has_another_way_to_be_said() -> None:
    single = [name for name, one in RESPONSES.items() if len({way.text for way in one.ways}) < 2]
    only_values = {"utter_eligibility", "utter_refused"}  # what the policy says, told once a form
    assert set(single) <= only_values


def test_small_talk_is_one_short_line() -> None:
    for name, response in RESPONSES.items():
        if name.startswith(("utter_talk_", "utter_chitchat", "utter_thanks", "utter_praise", "utter_here")):
            for one in response.ways:
                assert len(one.text) <= LONGEST_SMALL_TALK, name
                assert "\n" not in one.text, name
