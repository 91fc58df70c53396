"""What must not be overlooked, and what only sounds like it: words inside goods, numbers, places; what stands negated."""

from typing import Any

import pytest

from dialogue.readers import chat, watch
from tests.dialogue.readers.meaning_scenes import best, negated_names, scene


def seen(text: str, intent: str = "nlu_fallback", confidence: float = 0.9, **more: Any) -> dict[str, float]:
    return best(watch.read, scene(text, intent, confidence, **more))


@pytest.mark.parametrize(
    "text",
    [
        "电饭煲插上电就冒烟了",
        "充电的时候着火了",
        "洗衣机漏电 麻了我一下",
        "电池鼓包了",
        "孩子被电到了",
        "送医院了",
        "炸锅炸了 玻璃碎一地",
        "烟雾报警器冒烟了",
        "手被划破了口子",
        "热水袋漏液烫伤了腿",
        "插头短路 全屋跳闸",
        "灭火器爆炸了",
        "我妈吃了中毒了",
        "梯子断了人在急诊",
        "充电宝自燃了",
        "空气炸锅炸了",
    ],
)
def test_danger(text: str) -> None:
    assert seen(text).get("watch:safety", 0) >= 0.9


@pytest.mark.parametrize(
    "text",
    [
        "烟雾报警器能退吗",
        "灭火器多少钱",
        "漏电保护器有货吗",
        "防爆膜怎么贴",
        "爆炸盐好用吗",
        "急救包有没有大号",
        "空气炸锅多少钱",
        "防烫手套还有吗",
        "烫伤膏过期了",
        "用空气炸锅炸了几次鸡翅就不热了",
        "地址改到医院门口",
        "送到医院门卫签收",
        "打火机有货吗",
        "爆款还有吗",
        "骨折固定带尺码",
        "这个插座有漏电保护功能吗",
    ],
)
def test_no_danger(text: str) -> None:
    assert "watch:safety" not in seen(text)


@pytest.mark.parametrize("text", ["会不会漏电啊", "容易短路吗", "万一着火怎么办", "担心会爆炸"])
def test_danger_that_is_asked_about_is_weak(text: str) -> None:
    assert 0 < seen(text, "presale_spec").get("watch:safety", 0) <= 0.5


@pytest.mark.parametrize("text", ["没漏电 就是按键不灵", "没有冒烟", "又没着火", "不是漏电"])
def test_danger_that_is_denied(text: str) -> None:
    at = scene(text, "quality_fault")
    assert "watch:safety" in negated_names(watch.read, at)
    assert "watch:safety" not in best(watch.read, at)


@pytest.mark.parametrize(
    "text",
    [
        "再不处理我就打12315投诉你们",
        "我找消协",
        "等着收律师函吧 我找律师了",
        "我要曝光你们",
        "去法院起诉",
        "发到微博让大家看看",
        "我已经报警了",
        "黑猫投诉见",
        "告到市场监管去",
        "让记者来采访",
        "打官司我也奉陪",
        "我打315热线",
        "12345见",
        "告你们消费欺诈",
        "挂网上让人评评理",
    ],
)
def test_threats(text: str) -> None:
    assert seen(text, "threaten").get("watch:threat", 0) >= 0.9


@pytest.mark.parametrize(
    "text",
    [
        "当时315块现在299",
        "花了315买的",
        "315元能退吗",
        "订单号是12315",
        "ab12315@qq.com",
        "13812315666",
        "202612315001",
        "尾号12345",
        "烟雾报警器能退吗",
        "媒体播放器怎么连",
        "改到司法局家属院",
        "寄到法院门口",
        "律师函模板有电子版吗",
        "记者证保护套有吗",
        "曝光补偿怎么调",
        "抬头是江北公证与律政咨询部",
        "抬头写正大律师事务所",
        "我是律师 要开专票",
        "扫地机器人一直报警",
        "黑猫警长公仔有货吗",
        "收货地址在工商局宿舍",
        "公司叫新声传媒有限公司",
        "电脑315型号的有吗",
        "住315室",
    ],
)
def test_no_threats(text: str) -> None:
    assert "watch:threat" not in seen(text, "order_query")


@pytest.mark.parametrize("text", ["不是来告状的，就打听一下", "没想投诉 就是问问", "我不是要举报你们"])
def test_a_threat_that_only_the_model_hears_and_the_words_deny(text: str) -> None:
    assert "watch:threat" not in seen(text, "threaten", 0.95, emotion="displeased")


@pytest.mark.parametrize("text", ["这是第三次了", "第二回坏了", "我想投诉", "我要投诉你们客服"])
def test_no_threat_by_the_model_for_a_repeat_or_a_calm_wish_to_complain(text: str) -> None:
    assert "watch:threat" not in seen(text, "threaten", 0.9, emotion="displeased")
    assert "watch:threat" not in seen(text, "threaten", 0.9)


@pytest.mark.parametrize(
    "text",
    [
        "转人工",
        "我要个真人",
        "找个真人跟我说",
        "人工",
        "叫你们主管来",
        "客服",
        "人呢",
        "I want to talk to a human agent",
        "不要机器人回我",
        "别拿机器人糊弄我",
        "找你们负责人",
        "有没有活人",
        "派个人来处理",
        "能不能转人工",
        "怎么还不转人工",
        "转接人工客服",
    ],
)
def test_a_person_is_wanted(text: str) -> None:
    assert seen(text).get("watch:human", 0) >= 0.9


@pytest.mark.parametrize(
    "text",
    [
        "这个机器人还有别的颜色么",
        "我要退的是擦窗机器人",
        "是人工缝的还是机器缝的",
        "人工草坪多少钱一米",
        "人工费要另付吗",
        "扫地机器人坏了",
        "送给我们经理的",
        "收货人改成王经理",
        "老板椅有货吗",
        "找人代收可以吗",
        "叫个人签收就行",
        "真人模特穿的多大码",
        "买给店长的礼物",
        "人工智能音箱怎么连",
        "机器人充电座少了",
    ],
)
def test_no_person_is_wanted(text: str) -> None:
    assert "watch:human" not in seen(text)
    assert "watch:human" not in seen(text, "ask_human", 0.7)


@pytest.mark.parametrize(
    "text",
    [
        "别叫真人，你说就行",
        "人工先免了",
        "不用转人工了",
        "我不想转人工",
        "先别转人工",
        "人工就不用了",
        "不需要人工客服",
        "甭找人工",
    ],
)
def test_a_person_is_refused(text: str) -> None:
    at = scene(text, "ask_human", 0.9)
    assert "watch:human" not in best(watch.read, at)
    assert "watch:human" in negated_names(watch.read, at)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("把我的个人信息删掉", "privacy"),
        ("注销我的账号", "privacy"),
        ("我的电话被你们泄露了", "privacy"),
        ("别人的订单地址能查吗", "others_data"),
        ("前女友的收货地址发我", "others_data"),
        ("查一下他的手机号", "others_data"),
        ("买过这款的人电话给我问问", "others_data"),
        ("念一下我留的电话地址", "masked_data"),
        ("我留的手机号是多少", "masked_data"),
        ("为什么显示星号", "masked_data"),
        ("我想留个言 现在没空等", "ticket"),
        ("帮我建个工单", "ticket"),
        ("别问了", "no_more_questions"),
        ("问来问去烦不烦", "no_more_questions"),
        ("凭什么不能退", "insist"),
        ("才过几天而已", "insist"),
        ("还是不会", "still_not"),
        ("试了也不行 没效果", "still_not"),
        ("where is my order", "english"),
        ("hello can you tell me where is my parcel", "english"),
        ("???", "only_marks"),
        ("😂", "only_marks"),
        ("。。。", "only_marks"),
        ("都第三次了", "repeated_contact"),
        ("我要投诉", "complaint"),
        ("我想投诉你们客服", "complaint"),
        ("怎么投诉", "complaint"),
    ],
)
def test_watchers(text: str, name: str) -> None:
    assert seen(text).get(f"watch:{name}", 0) >= 0.85


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("老公那双鞋到哪了", "others_data"),
        ("帮我朋友问下怎么退", "others_data"),
        ("快递员的电话给我", "others_data"),
        ("客服电话多少", "others_data"),
        ("我的电话换了 改一下", "masked_data"),
        ("改一下我留的电话", "masked_data"),
        ("改收货地址", "privacy"),
        ("订单留言能改吗", "ticket"),
        ("留言板有货吗", "ticket"),
        ("XL", "english"),
        ("a@b.cn", "english"),
        ("iPhone 15壳", "english"),
        ("好", "only_marks"),
        ("1", "only_marks"),
    ],
)
def test_not_seen(text: str, name: str) -> None:
    assert seen(text).get(f"watch:{name}", 0) <= 0.5


@pytest.mark.parametrize("text", ["不想留言", "别给我留言"])
def test_no_note(text: str) -> None:
    assert "watch:ticket" not in seen(text)


@pytest.mark.parametrize(("intent", "text"), [("greet", "hi"), ("thanks", "ok thanks"), ("bye", "bye bye")])
def test_english_politeness_is_understood(intent: str, text: str) -> None:
    assert "watch:english" not in seen(text, intent, 0.9)


@pytest.mark.parametrize("text", ["不投诉了", "没想投诉谁，麻烦催一下快递", "不是投诉 就问问"])
def test_a_complaint_that_is_denied(text: str) -> None:
    assert "watch:complaint" not in seen(text, "complain_attitude", 0.9)


def test_a_sigh_is_no_complaint_and_a_told_one_is() -> None:
    assert "watch:complaint" not in seen("又来了", "complain_repeat", 0.9)
    assert (
        seen("上次那个客服爱答不理的 一直拖着我", "complain_attitude", 0.9).get("watch:complaint", 0) >= 0.8
    )
    assert seen("你们客服什么态度啊", "complain_attitude", 0.9)["watch:complaint"] >= 0.9


@pytest.mark.parametrize(
    ("text", "emotion", "score", "angry"),
    [
        ("你们就是骗子 滚", "angry", 0.95, True),
        ("什么破店", "angry", 0.85, True),
        ("🤬🤬", "calm", 0.1, True),
        ("这破快递气死我了", "angry", 0.9, False),
        ("顺丰小哥真是气死人", "angry", 0.9, False),
        ("我没有骂你", "angry", 0.9, False),
        ("笑死我了", "angry", 0.85, False),
        ("怎么还没到", "displeased", 0.6, False),
        ("把钱退给我", "calm", 0.2, False),
        ("垃圾袋破了", "displeased", 0.4, False),
    ],
)
def test_open_anger(text: str, emotion: str, score: float, angry: bool) -> None:
    assert ("watch:anger" in seen(text, emotion=emotion, emotion_score=score)) == angry


def test_the_verdict_is_a_reading_named_by_its_reason() -> None:
    verdict = {"score": 0.83, "reason": "no_progress", "evidence": ["同样的话"]}
    at = scene("还是不行", verdict=verdict, emotion="displeased", emotion_score=0.5)
    one = next(one for one in watch.read(at) if one.name == "no_progress")
    assert (one.score, one.more["evidence"]) == (0.83, ["同样的话"])
    assert "watch:no_progress" not in best(watch.read, scene("谢谢", "thanks", verdict=verdict))


@pytest.mark.parametrize("reader", [watch.read, chat.read])
def test_a_button_says_only_what_it_is(reader: Any) -> None:
    assert not best(reader, scene("转人工", "ask_human", kind="button"))


@pytest.mark.parametrize(
    "text",
    [
        "你是真人吗",
        "你是机器人吧",
        "真人吗",
        "你是人工还是机器人",
        "是机器人吗",
        "你到底是不是真人",
        "是自动回复吧",
        "机器人在回我？",
    ],
)
def test_asked_whether_it_is_a_robot(text: str) -> None:
    assert best(chat.read, scene(text)).get("chat:robot", 0) >= 0.7


@pytest.mark.parametrize(
    "text",
    [
        "我要退的是擦窗机器人",
        "这个机器人是什么牌子",
        "扫地机器人还是拖地机器人好",
        "机器人怎么充电",
        "买的是扫地机器人",
    ],
)
def test_robots_as_goods(text: str) -> None:
    assert "chat:robot" not in best(chat.read, scene(text))


@pytest.mark.parametrize("text", ["不满意", "谈不上满意", "不是很满意", "一点也不好", "不喜欢"])
def test_no_praise(text: str) -> None:
    assert "chat:praise" not in best(chat.read, scene(text, "praise"))


@pytest.mark.parametrize(
    ("text", "about"),
    [("讲个笑话", "joke"), ("你吃饭了吗", "eaten"), ("你叫什么", "name"), ("那你能干啥", "what_can")],
)
def test_small_talk_has_its_subject(text: str, about: str) -> None:
    assert about in {one.value for one in chat.read(scene(text, "chitchat"))}


@pytest.mark.parametrize("text", ["刚才说的怎么样了", "那我现在怎么做", "寄到哪", "然后呢"])
def test_after_a_person_gave_it_back(text: str) -> None:
    told = {"resolution": {"resolution": "follow_up", "note": "明天补发"}}
    assert best(chat.read, scene(text, state=told)).get("chat:resolution", 0) >= 0.85
    assert "chat:resolution" not in best(chat.read, scene(text))


def test_when_something_comes_is_no_question_for_what_became_of_it() -> None:
    told = {"resolution": {"resolution": "follow_up", "note": "明天补发"}}
    assert "chat:resolution" not in best(chat.read, scene("退货几天退款", state=told))


# -- by meaning: what the encoder believes, with the words as evidence -------------------------------------------------
def believed(text: str, watcher: str, chance: float, **more: Any) -> float:
    """Score of the reading when the encoder gives the watcher this probability and all others next to none."""
    heads = ("safety", "threat", "human", "complaint", "repeat", "privacy", "others")
    watched = {**dict.fromkeys(heads, 0.001), watcher: chance}
    name = {"others": "others_data"}.get(watcher, watcher)
    return best(watch.read, scene(text, watched=watched, **more)).get(f"watch:{name}", 0.0)


@pytest.mark.parametrize(
    ("text", "watcher"),
    [
        ("插座那块都黄了摸着烫手", "safety"),
        ("聊天记录我都存好了 咱们换个地方说", "threat"),
        ("喊个能喘气的来", "human"),
        ("讲了四遍还是一样", "repeat"),
        ("我刚下单就有人报得出我家门牌", "privacy"),
        ("我对象在你家买了啥", "others"),
        ("你们就这么打发人的", "complaint"),
    ],
)
def test_meaning_needs_no_word_of_the_list(text: str, watcher: str) -> None:
    assert believed(text, watcher, 0.97) >= 0.5
    assert believed(text, watcher, 0.02) < 0.5


def test_words_raise_what_meaning_doubts_and_names_of_goods_lower_it() -> None:
    assert believed("电饭煲插上电就冒烟了", "safety", 0.45) > believed("电饭煲插上电就那样了", "safety", 0.45)
    assert believed("烟雾报警器能退吗", "safety", 0.6) < 0.5


def test_a_word_alone_does_not_decide() -> None:
    assert believed("我是律师 买来办公用", "threat", 0.001) < 0.5
    assert believed("听说315晚会要播充电宝 你们家没事吧", "threat", 0.001) < 0.5


def test_a_question_before_buying_is_weaker_than_a_report() -> None:
    asked = believed("这个会不会漏电", "safety", 0.6, intent="presale_spec")
    assert asked < believed("这个刚刚漏电了", "safety", 0.6)


def test_a_denied_wish_stays_denied_unless_the_meaning_outweighs_it() -> None:
    watched = dict.fromkeys(("safety", "threat", "human", "complaint", "repeat", "privacy", "others"), 0.001)
    assert "watch:human" in negated_names(watch.read, scene("别转人工了你说就行", watched=watched))
    assert believed("不是不让转人工吗 我现在就要人", "human", 0.999) >= 0.5


def test_english_and_pinyin_are_heard_for_what_is_grave_and_asked_about_otherwise() -> None:
    assert believed("the charger caught fire last night", "safety", 0.95) >= 0.5
    grave = best(watch.read, scene("wo yao zhao ge ren", watched={"human": 0.97, "safety": 0.01}))
    assert "watch:english" not in grave
    assert "watch:english" in best(watch.read, scene("where is my parcel", watched={"human": 0.01}))
