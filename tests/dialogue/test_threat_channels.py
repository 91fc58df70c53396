"""Where a customer threatens to go is noted by the policy's code, whatever words it was said in (H13, H43)."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from aftersales.policy import load_policy
from dialogue.people import threat_channel
from dialogue.words import load_words

DATA = Path(__file__).parents[2] / "data"
WORDS = load_words(DATA / "dialogue")


def test_every_channel_of_the_policy_can_be_heard() -> None:
    channels = set(load_policy(DATA / "policy").service.threat_channels)
    assert set(WORDS.codes("threat_channels")) | {"other"} == channels


@pytest.mark.parametrize(
    ("words", "found", "channel"),
    [
        ("再不处理我打12315", "12315", "12315"),
        ("315见", "315", "12315"),
        ("我找消协去", "消协", "association"),
        ("工商局会找你们的", "工商局", "regulator"),
        ("发到网上让大家看看", "发到网上", "social"),
        ("我要曝光你们，记者都联系好了", "曝光", "social"),
        ("法庭见吧", "法庭见", "lawsuit"),
        ("律师函等着收", "律师", "lawsuit"),
        ("再这样我去黑猫了", "黑猫", "heimao"),
        ("申请平台介入", "", "platform"),
        ("订单123153299，我去市长热线反映", "", "12345"),
        ("你们等着瞧", "", "other"),
    ],
)
def test_the_words_found_name_it_before_the_sentence_does(words: str, found: str, channel: str) -> None:
    run = SimpleNamespace(store=SimpleNamespace(words=WORDS), words=words)
    assert threat_channel(cast(Any, run), found) == channel
