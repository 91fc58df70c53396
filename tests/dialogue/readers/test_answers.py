"""What is said to the open question. Each kind with neighbours, and with what only looks like it."""

from typing import Any

import pytest

from dialogue.readers import answers
from dialogue.state import Frame
from tests.dialogue.readers.meaning_scenes import best, frame, negated_names, scene

RETURN: dict[str, Any] = {"reason": "quality", "condition": "used", "solution": "return", "evidence": "none"}


def submit() -> Frame:
    return frame("return", "ok", **RETURN)


def cancelling() -> Frame:
    return frame("cancel_order", "ok")


def address() -> Frame:
    return frame("change_address", "ok", address="江苏省南京市鼓楼区中山路18号3栋502")


def offer(**data: Any) -> Frame:
    return frame("offer", "ok", data)


YES = [
    *[
        (one, submit)
        for one in (
            "是",
            "是的",
            "嗯",
            "嗯嗯",
            "好的",
            "好滴",
            "行吧",
            "可以",
            "没问题",
            "没错",
            "对",
            "对的对的",
        )
    ],
    *[
        (one, submit)
        for one in ("👌", "👍", "ok", "OK的", "确认", "确认提交", "提交吧", "那就提交", "麻烦提交一下")
    ],
    *[
        (one, submit)
        for one in ("好的谢谢", "可以的，麻烦了", "嗯，提交", "同意啊", "没毛病", "退货吧", "就这么办吧")
    ],
    *[
        (one, cancelling)
        for one in ("取消", "取消吧", "确认取消", "对，取消", "帮我取消", "还是取消吧", "是的 取消掉")
    ],
    *[(one, address) for one in ("对", "就改这个", "没错 改吧", "确认修改")][:1],
]
NOT_YES = [
    *[(one, submit) for one in ("取消", "取消吧", "确认取消", "好，取消吧", "那取消", "帮我取消了吧")],
    *[
        (one, submit)
        for one in (
            "改数量为2件 行不行",
            "可以吗",
            "行吗",
            "这样可以么",
            "对不对",
            "是不是提交了",
            "好?",
            "确认?",
        )
    ],
    *[
        (one, submit)
        for one in (
            "不提交",
            "先别提交",
            "好的，先不提交",
            "换货吧",
            "那换货",
            "还是修吧",
            "没事吧",
            "没问题吧",
        )
    ],
    *[
        (one, submit)
        for one in ("好像不太对", "行动不便", "是扫地机器人", "对面小区", "要多久", "可以便宜点吗")
    ],
    *[
        (one, cancelling)
        for one in ("先不取消了", "别取消", "不取消", "点错了 不取消了", "能取消吗", "取消了会怎样?")
    ],
    *[(one, address) for one in ("取消", "取消吧", "地址写错了", "改一下", "不对")],
]


@pytest.mark.parametrize(("text", "open_frame"), YES)
def test_yes(text: str, open_frame: Any) -> None:
    assert best(answers.read, scene(text, frames=[open_frame()])).get("yes", 0) >= 0.7


@pytest.mark.parametrize(("text", "open_frame"), NOT_YES)
def test_no_yes(text: str, open_frame: Any) -> None:
    assert "yes" not in best(answers.read, scene(text, frames=[open_frame()]))


@pytest.mark.parametrize("intent", ["affirm", "nlu_fallback"])
@pytest.mark.parametrize("text", ["取消吧", "可以吗", "换货吧", "没事吧", "能行吗?"])
def test_no_yes_though_the_model_hears_one(text: str, intent: str) -> None:
    assert "yes" not in best(answers.read, scene(text, intent, 0.95, frames=[submit()]))


def test_a_short_yes_of_the_model_counts_a_little() -> None:
    assert 0.4 < best(answers.read, scene("整上", "affirm", 0.9, frames=[submit()]))["yes"] < 0.7


@pytest.mark.parametrize(
    ("text", "open_frame"),
    [
        *[
            (one, submit)
            for one in (
                "不",
                "不是",
                "不用了",
                "先不",
                "先不用",
                "不对",
                "先别",
                "不确认",
                "别",
                "不行",
                "no",
                "❌",
            )
        ],
        *[
            (one, submit)
            for one in ("先别提交", "好的，先不提交", "不用提交了", "别提交啊", "不要了吧", "不，是质量问题")
        ],
        *[
            (one, cancelling)
            for one in ("先不取消了", "别取消", "不取消了", "我没说要取消订单啊", "点错了 不取消了")
        ],
    ],
)
def test_no(text: str, open_frame: Any) -> None:
    assert best(answers.read, scene(text, frames=[open_frame()])).get("no", 0) >= 0.7


@pytest.mark.parametrize(
    "text",
    [
        "没事吧",
        "没问题",
        "没错",
        "不知道",
        "没有摔过啊",
        "不好意思",
        "别的颜色呢",
        "没收到货",
        "不是很清楚",
        "不贵吧",
        "不错",
    ],
)
def test_no_no(text: str) -> None:
    assert "no" not in best(answers.read, scene(text, frames=[submit()]))


@pytest.mark.parametrize(
    ("text", "data", "kind"),
    [
        ("好", {"human": "unsure"}, "yes"),
        ("转吧", {"human": "unsure"}, "yes"),
        ("那帮我问问吧", {"human": "out_of_policy"}, "yes"),
        ("行 转人工", {"human": "unsure"}, "yes"),
        ("人工先免了", {"human": "unsure"}, "no"),
        ("别转了", {"human": "unsure"}, "no"),
        ("不用转人工", {"human": "unsure"}, "no"),
        ("好的催一下", {"start": "urge"}, "yes"),
        ("催", {"start": "urge"}, "yes"),
        ("先不用催", {"start": "urge"}, "no"),
        ("不用催了谢谢", {"start": "urge"}, "no"),
        ("取消吧", {"start": "cancel_order"}, "yes"),
        ("那就退", {"start": "return"}, "yes"),
        ("要", {"start": "urge"}, "yes"),
        ("算了", {"human": "unsure"}, "no"),
    ],
)
def test_offers(text: str, data: dict[str, str], kind: str) -> None:
    found = best(answers.read, scene(text, frames=[offer(**data)]))
    assert found.get(kind, 0) >= 0.7
    assert {"yes": "no", "no": "yes"}[kind] not in found


@pytest.mark.parametrize(
    "text",
    [
        "算了",
        "算了吧",
        "还是算了 谢谢",
        "算了不退了",
        "我不退了",
        "等等 我不退了",
        "不弄了",
        "先不办了",
        "取消申请",
        "取消",
        "取消吧",
        "当我没说",
        "不想弄了",
        "退出",
        "先这样",
        "撤销这个申请",
        "下次再说吧",
    ],
)
def test_never_mind(text: str) -> None:
    assert best(answers.read, scene(text, frames=[frame("return", "reason")])).get("cancel", 0) >= 0.7


@pytest.mark.parametrize(
    "text",
    [
        "算了，给我来大一码的吧",
        "算了换货吧",
        "算了不换了 退款吧",
        "不换了 退款吧",
        "算了还是选维修",
        "算了就退货",
        "还是算了 换成黑色的",
        "算了 是尺码不合适",
        "不想退了 给我换货吧",
        "算了，质量问题",
        "罢了 帮我换一个",
        "取消订单",
        "不想要了",
        "取消订单怎么弄",
    ],
)
def test_a_change_of_mind_ends_nothing(text: str) -> None:
    assert best(answers.read, scene(text, frames=[frame("return", "reason")])).get("cancel", 0) < 0.5


@pytest.mark.parametrize(("text", "score"), [("先这样 催下快递发货", 0.6), ("算了，保修多久", 0.6)])
def test_never_mind_and_something_else(text: str, score: float) -> None:
    assert best(answers.read, scene(text, frames=[frame("return", "reason")]))["cancel"] == score


def test_never_mind_names_the_open_flow_that_is_refused() -> None:
    at = scene("我不退货了", frames=[frame("return", "reason"), frame("invoice", "title")])
    assert "cancel:return" in best(answers.read, at)


@pytest.mark.parametrize("text", ["算了", "取消", "不弄了"])
def test_nothing_open_nothing_to_end(text: str) -> None:
    assert "cancel" not in best(answers.read, scene(text))


def test_cancel_is_the_verb_of_the_question() -> None:
    assert "cancel" not in best(answers.read, scene("取消吧", frames=[cancelling()]))


@pytest.mark.parametrize(
    "text", ["跳过", "没有", "没有了", "先跳过吧", "不填", "无", "略过", "下一步", "没有呢", "这步跳过"]
)
def test_skip(text: str) -> None:
    assert "skip:evidence" in best(answers.read, scene(text, frames=[frame("return", "evidence")]))


@pytest.mark.parametrize(
    "text", ["没有摔过啊", "没有质量问题", "不发货吗", "没有订单号怎么办", "有", "没有照片了吗"]
)
def test_no_skip(text: str) -> None:
    assert "skip" not in best(answers.read, scene(text, frames=[frame("return", "evidence")]))


@pytest.mark.parametrize(
    ("text", "open_frame"),
    [
        ("没有税号", lambda: frame("invoice", "tax_no", title="老马烧烤")),
        ("我没邮箱", lambda: frame("invoice", "email", title="个人")),
        ("没有订单号 手机号行不行", lambda: frame("identify", "order_no")),
        ("不记得订单号了", lambda: frame("identify", "order_no")),
        ("忘了", lambda: frame("identify", "proof")),
    ],
)
def test_the_thing_asked_for_is_not_there(text: str, open_frame: Any) -> None:
    assert best(answers.read, scene(text, frames=[open_frame()])).get("skip", 0) >= 0.6


@pytest.mark.parametrize("text", ["那倒不用", "不用报 我自己去找他们"])
def test_not_needed_is_a_no_to_a_confirmation(text: str) -> None:
    found = best(answers.read, scene(text, frames=[submit()]))
    assert found.get("no", 0) >= 0.7
    assert "yes" not in found


@pytest.mark.parametrize("text", ["等等", "我考虑一下", "再等两天看看", "改天吧", "慢着"])
def test_not_now_only_pauses_what_is_read_back(text: str) -> None:
    found = best(answers.read, scene(text, intent="affirm", confidence=0.97, frames=[submit()]))
    assert found.get("later", 0) >= 0.7
    assert not {"yes", "no", "cancel"} & set(found)


@pytest.mark.parametrize(
    "text", ["对了 问一下几天能到账", "可以是可以", "我先看看有没有别的颜色", "是这样的 我出差", "已经没了"]
)
def test_words_of_yes_that_begin_something_else(text: str) -> None:
    assert "yes" not in best(answers.read, scene(text, frames=[submit()]))


def test_a_confirmation_is_not_skipped() -> None:
    assert "skip" not in best(answers.read, scene("没有", frames=[submit()]))


@pytest.mark.parametrize(
    "text",
    [
        "为什么要问这个",
        "问这个干嘛",
        "凭什么给你手机号",
        "要这个干什么",
        "为啥要填",
        "这是啥意思",
        "什么叫凭证",
        "一定要拍吗",
        "为什么",
        "怎么拍",
        "什么是订单号",
        "问这个有什么用",
        "忘了",
        "不记得了",
        "不知道",
        "干嘛要拍照",
    ],
)
def test_why_do_you_ask(text: str) -> None:
    assert (
        best(answers.read, scene(text, frames=[frame("return", "evidence")])).get("explain:evidence", 0)
        >= 0.7
    )


@pytest.mark.parametrize(
    "text", ["凭什么不能退", "为什么还没发货", "什么时候退款", "怎么还没到", "什么快递", "为什么坏得这么快"]
)
def test_a_question_of_its_own_is_hardly_about_the_question(text: str) -> None:
    at = scene(text, frames=[frame("return", "evidence")])
    assert best(answers.read, at).get("explain", 0) < 0.5


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("再说一遍", "repeat"),
        ("没看懂", "repeat"),
        ("你刚才说什么", "repeat"),
        ("上一步", "undo"),
        ("点错了", "undo"),
        ("刚才选错了", "undo"),
        ("手滑了", "undo"),
        ("等等", "later"),
        ("等一下", "later"),
        ("我先问问", "later"),
        ("晚点再说", "later"),
        ("接着说退货", "resume:return"),
        ("继续办刚才的", "resume"),
    ],
)
def test_other_answers(text: str, kind: str) -> None:
    assert best(answers.read, scene(text, frames=[frame("return", "reason")])).get(kind, 0) >= 0.7


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("地址写错了", "address"),
        ("收货地址不对", "address"),
        ("门牌填错了", "address"),
        ("有地方不对 地址要改", "address"),
    ],
)
def test_a_value_that_is_wrong(text: str, slot: str) -> None:
    assert f"slot:{slot}" in negated_names(answers.read, scene(text, frames=[address()]))


def test_a_yes_beside_a_question_has_its_place() -> None:
    at = scene("好的，那多久能到账?", frames=[submit()])
    yes = next(one for one in answers.read(at) if one.kind == "yes")
    assert at.text[yes.span[0] : yes.span[1]] == "好的"
    assert yes.score < 0.9


def test_a_long_flood_of_small_words_is_read_quickly() -> None:
    assert best(answers.read, scene("嗯哈麻烦你了" * 300 + "x", frames=[submit()])) == {}
