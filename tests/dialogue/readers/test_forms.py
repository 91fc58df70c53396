"""What an invoice and a new address need, in the customer's own order and words (H20, H21, H33)."""

from __future__ import annotations

import pytest

from dialogue.readers import address, title
from tests.dialogue.readers.value_scenes import said, scene, scores


def invoice(text: str, asked: str = "title", **more: str) -> dict[str, object]:
    return said(title.read, scene(text, f"invoice.{asked}", **more))


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("江北公证与律政咨询部", "江北公证与律政咨询部", "company"),
        ("南京安和律师事务所", "南京安和律师事务所", "company"),
        ("杭州市媒体协会", "杭州市媒体协会", "company"),
        ("抬头写江北科技有限公司", "江北科技有限公司", "company"),
        ("开给江北科技有限公司", "江北科技有限公司", "company"),
        ("公司名称是江北科技有限公司", "江北科技有限公司", "company"),
        ("江北科技有限公司，谢谢", "江北科技有限公司", "company"),
        ("第三小学", "第三小学", "company"),
        ("老王杂货店", "老王杂货店", "company"),
        ("新名叫苏州漫行科技", "苏州漫行科技", "company"),
        ("不用写公司", "个人", "personal"),
        ("没有公司 就我自己", "个人", "personal"),
        ("开个人的 名字写韩雪", "韩雪", "personal"),
        ("张三", "张三", "personal"),
        ("个人 李雷", "李雷", "personal"),
        ("个人的 张三", "张三", "personal"),
        ("又错了 抬头是李雷", "李雷", "personal"),
        ("抬头：欧阳小芳", "欧阳小芳", "personal"),
        ("个人", "个人", "personal"),
        ("开个人的就行", "个人", "personal"),
        ("我自己", "个人", "personal"),
        ("阿依古丽·买买提", "阿依古丽·买买提", "personal"),
    ],
)
def test_titles(text: str, name: str, kind: str) -> None:
    found = invoice(text)
    assert (found.get("title"), found.get("title_kind")) == (name, kind)


@pytest.mark.parametrize(
    "text",
    [
        "确认",
        "好的",
        "错了 重开",
        "取消",
        "不用了",
        "我想想啊我们公司那个名字特别长我也记不清了",
        "等一下我问问财务",
        "什么是抬头",
        "抬头怎么写？",
        "发票多久能开",
        "转人工",
        "随便",
        "跟上次一样",
        "算了不开了",
        "12345",
        "可以不填吗",
        "那个冰箱保修到哪一年",
        "你们几点下班",
        "专票普票差在哪",
        "这个先不弄那个也别弄",
    ],
)
def test_what_is_no_title(text: str) -> None:
    assert "title" not in invoice(text)


@pytest.mark.parametrize("text", ["公司的 税号没有", "公司的", "开公司的吧", "单位"])
def test_a_company_without_its_name(text: str) -> None:
    found = invoice(text)
    assert found.get("title_kind") == "company"
    assert "title" not in found


@pytest.mark.parametrize("text", ["公司的 税号没有", "税号不知道", "没有税号", "识别号我找不到"])
def test_no_tax_number_is_told(text: str) -> None:
    assert any(
        one.kind == "skip" and one.name == "tax_no" for one in title.read(scene(text, "invoice.title"))
    )


def test_title_tax_number_and_mail_in_one_message() -> None:
    found = invoice("抬头江北科技有限公司 税号91320100MA1XH2QL3P 发到Cai.Wu@example.com")
    assert found == {
        "title": "江北科技有限公司",
        "title_kind": "company",
        "tax_no": "91320100MA1XH2QL3P",
        "email": "cai.wu@example.com",
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("91320100MA1XH2QL3P", "91320100MA1XH2QL3P"),
        ("91320100ma1xh2ql3p", "91320100MA1XH2QL3P"),
        ("9132 0100 MA1X H2QL 3P", "91320100MA1XH2QL3P"),
        ("税号是９１３２０１００ＭＡ１ＸＨ２ＱＬ３Ｐ", "91320100MA1XH2QL3P"),
        ("9132O1OOMA1XH2QL3P", "91320100MA1XH2QL3P"),
        ("320106198001012", "320106198001012"),
    ],
)
def test_tax_numbers(text: str, value: str) -> None:
    assert invoice(text, "tax_no").get("tax_no") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("wang@example.com", "wang@example.com"),
        ("发到 WANG@Example.com 就行", "wang@example.com"),
        ("qq邮箱 12345678", "12345678@qq.com"),
        ("12345678的qq邮箱", "12345678@qq.com"),
    ],
)
def test_mails(text: str, value: str) -> None:
    assert invoice(text, "email").get("email") == value


def test_at_the_readback_only_what_is_called_a_title_or_is_a_company_counts() -> None:
    assert "title" not in invoice("嗯嗯", "ok")
    assert "title" not in invoice("张三", "ok")
    assert invoice("抬头改成张三", "ok")["title"] == "张三"
    assert invoice("换成江北科技有限公司", "ok")["title"] == "江北科技有限公司"


def test_a_first_message_may_bring_it_all() -> None:
    at = scene("帮我开个发票 江北科技有限公司 91320100MA1XH2QL3P", intent="invoice_request")
    found = said(title.read, at)
    assert (found["title"], found["tax_no"]) == ("江北科技有限公司", "91320100MA1XH2QL3P")
    assert said(title.read, scene("发票能开吗", intent="invoice_request")) == {}


# -- address ---------------------------------------------------------------------------------------------------------
WHOLE = "江苏省南京市玄武区安宁路20号锦绣苑2栋301室"


def moved(text: str, asked: str | None = "change_address.address", **more: str) -> dict[str, object]:
    return said(address.read, scene(text, asked, **more))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (WHOLE, {"address": WHOLE}),
        ("改到" + WHOLE, {"address": WHOLE}),
        ("江苏省南京市 玄武区 安宁路20号 锦绣苑2栋301室", {"address": WHOLE}),
        (f"地址是{WHOLE}，电话13900005678", {"address": WHOLE, "phone": "13900005678"}),
        (f"收件人李雷 13900005678 {WHOLE}", {"address": WHOLE, "phone": "13900005678", "receiver": "李雷"}),
        (f"{WHOLE} 李雷收 139 0000 5678", {"address": WHOLE, "phone": "13900005678", "receiver": "李雷"}),
        (f"韩梅梅 13900005678 {WHOLE}", {"address": WHOLE, "phone": "13900005678", "receiver": "韩梅梅"}),
    ],
)
def test_addresses(text: str, found: dict[str, str]) -> None:
    assert moved(text) == found


def test_a_whole_address_is_surer_than_the_beginning_of_one() -> None:
    def sure(text: str) -> float:
        return scores(address.read, scene(text, "change_address.address"), "address")

    assert sure(WHOLE) > 0.9 > sure("改到司法局家属院") > 0.6 > sure("碧水云天") > 0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("改到司法局家属院", "司法局家属院"),
        ("法院旁边的安宁路8号", "法院旁边的安宁路8号"),
        ("送到我公司楼下", "我公司楼下"),
        ("3栋502室", "3栋502室"),
        ("南京市玄武区", "南京市玄武区"),
    ],
)
def test_part_of_an_address_is_read_when_it_is_asked(text: str, value: str) -> None:
    one = next(address.read(scene(text, "change_address.address")))
    assert (one.value, one.more["complete"]) == (value, False)


@pytest.mark.parametrize(
    "text",
    [
        "怎么改",
        "我想想",
        "地址写错了",
        "能改到明天送吗",
        "算了不改了",
        "好的",
        "等一下",
        "你们在哪个城市",
        "多久能改好",
        "？？",
        "转人工",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert "address" not in moved(text)


def test_while_something_else_is_asked_only_an_address_counts() -> None:
    assert moved("嗯", "change_address.ok") == {}
    assert moved("碧水云天", "change_address.ok") == {}
    assert moved("改到" + WHOLE, "change_address.ok") == {"address": WHOLE}


def test_an_address_in_the_first_message() -> None:
    at = scene(f"地址填错了，帮我改到{WHOLE}", intent="modify_address")
    assert said(address.read, at) == {"address": WHOLE}
    assert said(address.read, scene("我想改一下收货地址", intent="modify_address")) == {}


@pytest.mark.parametrize("text", ["李雷", "收件人改成李雷", "李雷收"])
def test_the_receiver_alone(text: str) -> None:
    assert moved(text, "change_address.receiver")["receiver"] == "李雷"


@pytest.mark.parametrize(
    ("text", "slot", "before", "value"),
    [
        ("邮箱不是163是126", "invoice.email", "liulan77@163.com", "liulan77@126.com"),
        ("先生姓刘不姓柳", "change_address.receiver", "柳志强", "刘志强"),
        ("电话不是5678是6578", "change_address.phone", "13900005678", "13900006578"),
    ],
)
def test_only_the_wrong_part_is_told(text: str, slot: str, before: str, value: str) -> None:
    flow, _, name = slot.partition(".")
    at = scene(text, f"{flow}.ok", slots={name: before})
    assert {**said(title.read, at), **said(address.read, at)}[name] == value


def test_parts_of_an_address_are_joined_with_what_is_known() -> None:
    later = scene("玄武区安宁路20号", "change_address.address", slots={"address": "江苏省南京市"})
    wrong = scene(
        "是珠江路不是珠海路", "change_address.ok", slots={"address": "江苏省南京市玄武区珠海路88号"}
    )
    assert next(address.read(later)).more["merged"] == "江苏省南京市玄武区安宁路20号"
    assert next(address.read(wrong)).more["merged"] == "江苏省南京市玄武区珠江路88号"
    assert next(address.read(wrong)).value == "珠江路"
