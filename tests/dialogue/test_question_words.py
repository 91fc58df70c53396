"""What a question asks about, in customers' own words: data/dialogue/questions.yml, and which part is said to be wrong."""

import pytest

from tests.dialogue.order_stage import the_dialogue


def codes(group: str, text: str) -> set[str]:
    return {code for code, pattern in the_dialogue().words.codes(group).items() if pattern.search(text)}


@pytest.mark.parametrize(
    ("group", "text", "found"),
    [
        ("questions.may", "拆了还能退不", {"yes"}),
        ("questions.may", "支持七天无理由吗", {"yes"}),
        ("questions.may", "不合适给换吗", {"yes"}),
        ("questions.may", "退货运费谁出", set()),
        ("questions.may", "邮费算谁的", set()),
        ("questions.howto", "退回哪里 地址", {"address"}),
        ("questions.howto", "东西寄给谁啊", {"address"}),
        ("questions.howto", "什么时候来取", {"pickup"}),
        ("questions.howto", "快递员几点上门", {"pickup"}),
        ("questions.howto", "审核要多久", {"review"}),
        ("questions.howto", "多久能通过", {"review"}),
        ("questions.howto", "仓库验货几天", {"inspect"}),
        ("questions.howto", "怎么退货", set()),
        ("questions.aspect", "这两个有啥区别", {"unlisted"}),
        ("questions.aspect", "怀孕能用吗", {"particular", "unlisted"}),
        ("questions.aspect", "有几种色", {"colour"}),
        ("questions.aspect", "我穿多大合适", {"size"}),
        ("questions.aspect", "续航多久", set()),
        ("questions.announced", "我要投诉", {"yes"}),
        ("questions.announced", "我要投诉你们客服！", {"yes"}),
        ("questions.announced", "怎么投诉", {"yes"}),
        ("questions.announced", "我要投诉 快递把箱子摔了", set()),
        ("questions.announced", "客服骂我 我要投诉", set()),
        ("wrong_part", "原因选错了", {"reason"}),
        ("wrong_part", "是处理方式", {"solution"}),
        ("wrong_part", "照片传错了", {"evidence"}),
        ("wrong_part", "状态不对", {"condition"}),
        ("wrong_part", "都没错", {"none"}),
        ("wrong_part", "时间", {"wished_time"}),
        ("wrong_part", "时间不对", {"wished_time"}),
        ("wrong_part", "要补的错了", {"part"}),
        ("wrong_part", "数量不对", {"quantity"}),
        ("wrong_part", "七天无理由", set()),
        ("wrong_part", "没拆封", set()),
        ("wrong_part", "没有照片", set()),
        ("wrong_part", "没问题", set()),
        ("wrong_part", "你看怎么处理好", set()),
        ("solution", "换XL的", {"exchange"}),
        ("solution", "给我换成黑色", {"exchange"}),
        ("solution", "换个客服", set()),
        ("solution", "换个手机号", set()),
    ],
)
def test_what_is_asked_about(group: str, text: str, found: set[str]) -> None:
    assert codes(group, text) == found
