"""Is a thing said, or said not to be? Neighbours of each kind, from both sides."""

import pytest

from dialogue.readers.negation import negated
from tests.dialogue.readers.meaning_scenes import store

NEGATED = [
    ("我没说要取消订单啊", "取消订单"),
    ("不是要退货，是要维修", "退货"),
    ("不是要退货是要维修", "退货"),
    ("别叫真人，你说就行", "真人"),
    ("人工先免了", "人工"),
    ("人工就不用了", "人工"),
    ("退货就算了", "退货"),
    ("退货的事算了", "退货"),
    ("不是来告状的，就打听一下", "告状"),
    ("不用退款，给我补发就行", "退款"),
    ("没有摔过啊", "摔过"),
    ("别给我换，钱退我", "换"),
    ("我不想转人工了", "转人工"),
    ("不要不要退货", "退货"),
    ("没打算现在就退货", "退货"),
    ("甭给我取消", "取消"),
    ("无需维修 换个新的", "维修"),
    ("先别提交", "提交"),
    ("不需要你们赔偿", "赔偿"),
    ("又不是质量问题", "质量问题"),
    ("真没冒烟", "冒烟"),
    ("谁说要退货了", "退货"),
    ("从来没申请退款", "退款"),
]
SAID = [
    ("不是要退货，是要维修", "维修"),
    ("不是要退货是要维修", "维修"),
    ("不用退款，给我补发就行", "补发"),
    ("别给我换，钱退我", "钱退我"),
    ("能不能退货", "退货"),
    ("是不是可以退货", "退货"),
    ("可不可以换货", "换货"),
    ("要不要开发票", "开发票"),
    ("不是说好可以退货吗", "退货"),
    ("我不是要退货吗", "退货"),
    ("没说不要退货", "退货"),
    ("退货算了", "退货"),
    ("为什么不给退款", "退款"),
    ("怎么还不转人工", "转人工"),
    ("不退款就投诉", "退款"),
    ("不得不退货", "退货"),
    ("特别想退货", "退货"),
    ("别的颜色换一个", "换一个"),
    ("要不退货吧", "退货"),
    ("你们不让退货", "退货"),
    ("没问题 退货吧", "退货"),
    ("差点没着火", "着火"),
    ("我要退货", "退货"),
]


@pytest.mark.parametrize(("text", "words"), NEGATED)
def test_said_not_to_be(text: str, words: str) -> None:
    at = text.index(words)
    assert negated(text, (at, at + len(words)), store().words)


@pytest.mark.parametrize(("text", "words"), SAID)
def test_said_to_be(text: str, words: str) -> None:
    at = text.index(words)
    assert not negated(text, (at, at + len(words)), store().words)
