"""Who comes back later wants nothing now: 跟家里商量, 晚上再来, 不问了; and what only sounds like it."""

import pytest

from dialogue.readers import chat
from tests.dialogue.readers.meaning_scenes import best, scene


def postpones(text: str) -> bool:
    return best(chat.read, scene(text, "nlu_fallback", 0.4)).get("chat:postpones", 0) > 0


@pytest.mark.parametrize(
    "text",
    [
        "我跟我妈商量下",
        "行 回去问问我爱人再定",
        "晚上再来找你",
        "那回头再说吧",
        "明天再来问你哈",
        "专票就不问了 谢谢",
        "好吧 不问了",
        "我先和家里人合计合计",
    ],
)
def test_comes_back_later(text: str) -> None:
    assert postpones(text)


@pytest.mark.parametrize(
    "text",
    [
        "那几时有结果 会跟我说一声不",
        "你跟快递说一声",
        "明天再来取件行吗",
        "换了再坏怎么办",
        "不问价 就问有没有货",
    ],
)
def test_wants_something_now(text: str) -> None:
    assert not postpones(text)
