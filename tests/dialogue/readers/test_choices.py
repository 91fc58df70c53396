"""Free words where buttons are offered: which choice they are, what denies one, what only sounds like one."""

from __future__ import annotations

import pytest

from dialogue.readers import choices, evidence, remarks
from tests.dialogue.readers.value_scenes import said, scene, scores, store


def told(text: str, slot: str, flow: str = "return") -> str | None:
    return said(choices.read, scene(text, f"{flow}.{slot}")).get(slot)


def denied(text: str, slot: str) -> str | None:
    return said(choices.read, scene(text, f"return.{slot}"), negated=True).get(slot)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("七天无理由", "no_reason"),
        ("就是不想要了", "no_reason"),
        ("买重复了", "no_reason"),
        ("家里已经有了", "no_reason"),
        ("老婆不让买", "no_reason"),
        ("没啥原因", "no_reason"),
        ("拍错了", "no_reason"),
        ("漏了一个配件", "missing"),
        ("漏发了两个碗", "missing"),
        ("少了个盖子", "missing"),
        ("说明书没给", "missing"),
        ("缺个螺丝", "missing"),
        ("只收到一半", "missing"),
        ("箱子烂了里面也碎了", "damaged"),
        ("路上压坏的", "damaged"),
        ("收到就是坏的", "damaged"),
        ("送来的时候碎成渣了", "damaged"),
        ("快递给摔坏了", "damaged"),
        ("发错颜色", "wrong"),
        ("我要的不是这个 发成别的了", "wrong"),
        ("型号发错了", "wrong"),
        ("不是我买的那个", "wrong"),
        ("跟图片差太远了", "mismatch"),
        ("色差太大", "mismatch"),
        ("页面上写的和实物不一样", "mismatch"),
        ("质量问题", "quality"),
        ("用了两天就不亮了", "quality"),
        ("开机没反应", "quality"),
        ("起球严重", "quality"),
        ("漏水", "quality"),
        ("大了", "size"),
        ("穿着有点紧", "size"),
        ("号不对", "size"),
        ("颜色我不喜欢", "size"),
    ],
)
def test_reasons(text: str, code: str) -> None:
    assert told(text, "reason") == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("没拆", "unopened"),
        ("还没打开呢", "unopened"),
        ("原封不动", "unopened"),
        ("没拆封，外面就能看出来", "unopened"),
        ("拆了没用过", "opened"),
        ("就试穿了一下", "opened"),
        ("没用过", "opened"),
        ("刚打开", "opened"),
        ("跟新的一样", "opened"),
        ("用了几次", "used"),
        ("用过两三回吧", "used"),
        ("正常用的", "used"),
        ("没摔 就正常用的", "used"),
        ("没有摔过啊", "used"),
        ("洗过了", "used"),
        ("用了半年了", "used"),
        ("不小心摔了一下", "misuse"),
        ("进水了", "misuse"),
        ("我自己拆修过", "misuse"),
        ("掉地上了", "misuse"),
    ],
)
def test_conditions(text: str, code: str) -> None:
    assert told(text, "condition") == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("钱退我", "return"),
        ("把钱退给我就行", "return"),
        ("退了吧", "return"),
        ("还是退吧", "return"),
        ("全退", "return"),
        ("还是改退货吧", "return"),
        ("那就换一个吧", "exchange"),
        ("给我换", "exchange"),
        ("给我来大一码的", "exchange"),
        ("补一个碗就行", "exchange"),
        ("重新发一个", "exchange"),
        ("换", "exchange"),
        ("修吧", "repair"),
        ("能修就修", "repair"),
        ("找人上门修一下", "repair"),
        ("退款不退货", "refund_only"),
        ("不想寄回去，直接退款", "refund_only"),
        ("退一半", "refund_only"),
        ("仅退款", "refund_only"),
    ],
)
def test_solutions(text: str, code: str) -> None:
    assert told(text, "solution") == code


@pytest.mark.parametrize(
    ("text", "slot", "code"),
    [
        ("不是质量问题", "reason", "quality"),
        ("别给我换，钱退我", "solution", "exchange"),
        ("不用退款，给我补发就行", "solution", "return"),
        ("我没有不小心弄坏", "condition", "misuse"),
    ],
)
def test_what_is_denied_is_negated(text: str, slot: str, code: str) -> None:
    assert denied(text, slot) == code
    assert told(text, slot) != code


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("左上角一片", "reason"),
        ("左上角一片", "condition"),
        ("你好", "reason"),
        ("这个", "reason"),
        ("换个人跟我说", "solution"),
        ("换个地址", "solution"),
        ("没问题吧", "reason"),
        ("没有用力", "condition"),
    ],
)
def test_what_is_no_choice(text: str, slot: str) -> None:
    assert told(text, slot) is None


def test_a_whole_answer_is_surer_than_a_word_in_a_sentence_and_that_than_a_question() -> None:
    def sure(text: str) -> float:
        return scores(choices.read, scene(text, "return.reason"), "reason")

    whole = sure("质量问题")
    inside = sure("我前天收到以后一直放着今天打开发现是质量问题所以想问问")
    question = sure("你们这个七天无理由能退吗")
    assert whole >= 0.95
    assert 0.55 <= inside <= 0.85
    assert question < 0.65 < whole


def test_a_clause_that_answers_counts_beside_another_matter() -> None:
    at = scene("不想要了，顺便问下运费谁出", "return.reason")
    assert scores(choices.read, at, "reason") > 0.85


def test_other_slots_of_the_open_flow_are_read_too() -> None:
    at = scene("质量问题，用过了，想换货", "return.reason")
    assert said(choices.read, at) == {"reason": "quality", "condition": "used", "solution": "exchange"}


def test_a_flow_that_the_message_could_start_is_read() -> None:
    at = scene("我要退货，不想要了没拆封", intent="return_request")
    assert said(choices.read, at) == {"reason": "no_reason", "condition": "unopened"}
    assert not any(one.more["open"] for one in choices.read(at))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("我要退货", None),
        ("退款", None),
        ("扫地机器人坏了，给我退了吧", "return"),
        ("发错了，钱退我", "return"),
        ("退货退款", "return"),
        ("坏了换一个", "exchange"),
        ("仅退款", "refund_only"),
    ],
)
def test_words_that_begin_a_return_choose_a_solution_only_when_they_say_one(
    text: str, code: str | None
) -> None:
    assert said(choices.read, scene(text, intent="return_request")).get("solution") == code


@pytest.mark.parametrize(
    ("text", "slot", "code"),
    [
        ("退货改成换货", "solution", "exchange"),
        ("刚才说想退，琢磨琢磨还是补发那个盖子吧", "solution", "exchange"),
        ("尺码不合适改成质量问题行不", "reason", "quality"),
        ("换货算了，改成退款", "solution", "return"),
    ],
)
def test_of_two_values_the_new_one_is_meant(text: str, slot: str, code: str) -> None:
    assert told(text, slot) == code


def test_a_flow_below_is_read_as_well() -> None:
    at = scene("退货的原因是质量问题", "invoice.title", below=("return",))
    assert said(choices.read, at)["reason"] == "quality"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("都问过了，没有", "all"),
        ("门卫邻居都问了没人收", "all"),
        ("找到了", "found"),
        ("没找到", "all"),
        ("我先问问", "later"),
    ],
)
def test_lost_parcel(text: str, code: str) -> None:
    assert told(text, "asked", "lost_parcel") == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("第二个", "b"),
        ("2", "b"),
        ("最后一个", "c"),
        ("选1", "a"),
        ("上面那个", "a"),
        ("发票抬头", "c"),
        ("第五个", None),
    ],
)
def test_choices_shown_may_be_named_by_place_or_label(text: str, code: str | None) -> None:
    shown = {"reason": {"a": "尺寸", "b": "花色", "c": "发票抬头"}}
    at = scene(text, "return.reason", shown=shown)
    assert said(choices.read, at).get("reason") == code


def test_parts_of_an_answer_only_right_after_it() -> None:
    after = scene("什么快递", last={"flow": "logistics", "intent": "track_parcel"})
    assert said(choices.read, after) == {"part": "carrier"}
    assert said(choices.read, scene("什么快递")) == {}
    assert said(choices.read, scene("什么快递", intent="track_parcel")) == {}


@pytest.mark.parametrize("text", ["点错了 不取消了", "我手滑了", "撤回刚才的取消"])
def test_words_that_only_count_when_they_start_the_flow(text: str) -> None:
    assert said(choices.read, scene(text, intent="cancel_order")) == {"undo": "yes"}
    assert said(choices.read, scene(text, "cancel_order.ok")) == {}


@pytest.mark.parametrize("group", ["reasons", "conditions"])
def test_the_names_of_the_policy_are_understood(group: str) -> None:
    slot = group.removesuffix("s")
    for code, one in getattr(store().policy.returns, group).items():
        assert told(one.name.split("/")[0], slot) == code, one.name


@pytest.mark.parametrize("code", ["refund", "exchange", "repair", "compensation", "freight", "apology"])
def test_the_names_of_demands_are_understood(code: str) -> None:
    assert told(store().words.label("demand", code), "demand", "complaint") in {code, "exchange", "apology"}


# -- evidence --------------------------------------------------------------------------------------------------------
def skips(text: str, asked: str | None = "return.evidence", **more: str) -> bool:
    return any(one.kind == "skip" and one.score > 0.5 for one in evidence.read(scene(text, asked, **more)))


@pytest.mark.parametrize(
    "text",
    [
        "没有照片", "没拍", "没有", "没有啊", "照片我不会发", "拍不了", "先跳过", "已经扔了", "手机坏了拍不了", "没图",
        "不方便拍", "晚点再传", "懒得拍", "无",
    ],
)  # fmt: skip
def test_no_picture(text: str) -> None:
    assert skips(text)


@pytest.mark.parametrize(
    "text",
    [
        "没有摔过啊",
        "有照片",
        "照片马上发",
        "没拍清楚要紧吗",
        "没有别的问题了",
        "没有质量问题我退它干嘛",
        "我去拍一张",
        "左上角一片",
    ],
)
def test_words_that_skip_no_picture(text: str) -> None:
    assert not skips(text)


def test_without_being_asked_the_words_must_name_the_picture() -> None:
    assert skips("没有照片", "return.condition")
    assert not skips("没有", "return.condition")
    assert skips("我要退货 没拍照片", None, intent="return_request")


def test_uploads_belong_to_the_flow_that_wants_them() -> None:
    one = next(evidence.read(scene("", "return.evidence", uploads=("u_1", "u_2"))))
    assert (one.name, one.value, one.more["flow"]) == ("evidence", ["u_1", "u_2"], "return")
    free = next(evidence.read(scene("", uploads=("u_1",))))
    assert (free.value, free.more["flow"]) == (["u_1"], "")


# -- remarks ---------------------------------------------------------------------------------------------------------
def test_free_words_are_taken_where_a_description_is_asked() -> None:
    at = scene("左上角一片都花了", "complaint.what")
    assert said(remarks.read, at) == {"what": "左上角一片都花了"}
    assert scores(remarks.read, scene("你们几点下班？", "complaint.what"), "what") < 0.5
    assert said(remarks.read, scene("左上角一片", "return.reason")) == {}


def test_a_remark_about_the_goods_is_kept_though_it_answers_nothing() -> None:
    at = scene("左上角一片", "return.condition")
    assert said(remarks.read, at, kind="remark") == {"description": "左上角一片"}
    assert said(remarks.read, scene("要拍哪里？", "return.evidence"), kind="remark") == {}


def test_buttons_are_no_words() -> None:
    for reader in (choices.read, evidence.read, remarks.read):
        assert list(reader(scene("质量问题", "return.reason", kind="button"))) == []
