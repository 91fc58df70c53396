"""Which order, line or product the words point at; how many, which colour and size; since when, and what was tried."""

from __future__ import annotations

from typing import Any

import pytest

from dialogue.readers import mentions, moments, quantity
from dialogue.reading import Reading
from tests.dialogue.readers.value_scenes import item, order, product, said, scene

SHOES = order("202611010007", item("i7", "运动鞋", 459), state="shipped", days=4)
BUDS = order("202611010008", item("i8", "蓝牙耳机", 259), state="refunded", days=20, name="陈思雨")
ROBOT = order("202611010003", item("i3", "扫地机器人", 1499, model="R2"), days=6)
SET = order("202611010011", item("i11", "保温杯", 99), item("i12", "护眼台灯", 199), days=1, state="paid")
THREE = (SHOES, BUDS, ROBOT)


def read(text: str, asked: str | None = None, **more: Any) -> list[Reading]:
    more.setdefault("orders", THREE)
    return list(mentions.read(scene(text, asked, **more)))


def items(text: str, **more: Any) -> set[str]:
    return {str(one.value) for one in read(text, **more) if one.kind == "item" and not one.negated}


def pointed(text: str, asked: str | None = "which_order.order_no", **more: Any) -> set[str]:
    """Orders that the words point at, by a name in them or without one."""
    found = read(text, asked, **more)
    named = {str(one.more["order_no"]) for one in found if one.kind == "item" and not one.negated}
    return named | {str(one.value) for one in found if one.kind == "order" and not one.negated}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("老公那双鞋", {"i7"}),
        ("给我儿子买的运动鞋开胶了", {"i7"}),
        ("这鞋穿着挤脚", {"i7"}),
        ("耳机退款到了吗", {"i8"}),
        ("蓝牙耳机", {"i8"}),
        ("扫地的那个不动了", {"i3"}),
        ("机器人坏了", set()),
        ("我要退扫地机器人", {"i3"}),
        ("r2 不充电", {"i3"}),
        ("鞋和耳机都要退", {"i7", "i8"}),
        ("冰箱不制冷", set()),
        ("我的快递呢", set()),
    ],
)
def test_lines_by_the_name_people_give_them(text: str, found: set[str]) -> None:
    assert items(text) == found or (text == "机器人坏了" and items(text) <= {"i3"})


def test_a_whole_name_is_surer_than_its_head() -> None:
    whole, head = read("运动鞋"), read("鞋")
    assert whole[0].score > head[0].score
    assert whole[0].more["order_no"] == "202611010007"


def test_a_thing_that_is_denied_is_negated() -> None:
    found = {str(one.value): one.negated for one in read("不是耳机，是鞋") if one.kind == "item"}
    assert found == {"i8": True, "i7": False}


def test_nobody_verified_points_at_no_order() -> None:
    assert list(mentions.read(scene("老公那双鞋"))) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("第一个", "202611010007"),
        ("2", "202611010008"),
        ("最后一个", "202611010003"),
        ("那个贵的", "202611010003"),
        ("便宜的那个", "202611010008"),
        ("最近买的那个", "202611010007"),
        ("最早的", "202611010008"),
        ("在路上的那个", "202611010007"),
        ("陈思雨那单", "202611010008"),
        ("耳机那个", "202611010008"),
        ("签收了的", "202611010003"),
    ],
)
def test_orders_pointed_at(text: str, number: str) -> None:
    assert pointed(text) == {number}


def test_places_follow_the_list_that_was_shown() -> None:
    shown = {"order_no": {"202611010003": "扫地机器人", "202611010007": "运动鞋"}}
    assert pointed("第一个", shown=shown) == {"202611010003"}
    assert pointed("第三个", shown=shown) == set()


def test_the_day_and_the_other_one() -> None:
    assert pointed("昨天买的那单", None, orders=(SET, ROBOT)) == {"202611010011"}
    assert pointed("另外一单呢", None, orders=(SET, ROBOT), order_no="202611010003") == {"202611010011"}
    assert pointed("另外一单呢", None, orders=THREE, order_no="202611010003") == set()


@pytest.mark.parametrize(
    ("text", "found"), [("第二个", {"i12"}), ("台灯", {"i12"}), ("便宜的", {"i11"}), ("都不是", set())]
)
def test_lines_of_the_order_in_hand(text: str, found: set[str]) -> None:
    assert items(text, asked="which_item.item", orders=(SET,), order_no="202611010011") == found


@pytest.mark.parametrize("text", ["你好", "我要退货", "什么时候到", "第二次了", "买贵了"])
def test_nothing_is_pointed_at(text: str) -> None:
    assert pointed(text, None) == set()


def test_a_product_of_the_catalogue() -> None:
    fryer = product("KZ-15", "空气炸锅", "炸锅")
    one = read("空气炸锅多少瓦", intent="presale_spec", products=(fryer,), orders=())[0]
    other = read("炸锅多少瓦", intent="presale_spec", products=(fryer,), orders=())[0]
    likely = read("空气锅多少瓦", intent="presale_spec", products=(fryer,), orders=())[0]
    assert (one.kind, one.value) == ("product", "KZ-15")
    assert one.score > other.score > likely.score


def test_a_line_by_another_name_of_its_product() -> None:
    screen = product("XSQ", "显示器", "屏幕")
    own = order("202611010010", item("i10", "显示器"))
    other = order("202611010009", item("i9", "玻璃餐具套装"))
    found = read("屏幕那个", "which_order.order_no", products=(screen,), orders=(own, other))
    assert [(one.kind, one.value, one.more["order_no"]) for one in found] == [("item", "i10", "202611010010")]


def test_a_thing_that_nobody_bought() -> None:
    found = read("这裤子起球了", intent="return_request")
    assert [(one.kind, one.value) for one in found] == [("elsewhere", "裤")]
    assert read("这鞋起球了", intent="return_request")[0].kind == "item"


# -- how many, which colour, which size ------------------------------------------------------------------------------
def wish(text: str, asked: str | None = "return.reason") -> dict[str, Any]:
    return said(quantity.read, scene(text, asked))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("两件里退一件", 1),
        ("买了3个，里面坏了2个", 2),
        ("只退一件", 1),
        ("退两双", 2),
        ("十二个碗要退", 12),
        ("漏了一个配件", None),
        ("里头就三件", None),
        ("退俩", 2),
        ("全退", "all"),
        ("换一个", None),
        ("我要退货", None),
        ("退二十一件", 21),
    ],
)
def test_quantities(text: str, value: int | str | None) -> None:
    assert wish(text).get("quantity") == value


def test_of_how_many() -> None:
    one = next(one for one in quantity.read(scene("两件里退一件", "return.reason")) if one.name == "quantity")
    assert one.more["of"] == 2
    assert one.score > 0.9


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("给我来大一码的", {"size": "大一码"}),
        ("换成蓝色的", {"colour": "蓝色"}),
        ("红的换成蓝的", {"colour": "蓝色"}),
        ("换个43码", {"size": "43码"}),
        ("换XL的", {"size": "XL"}),
        ("买的是L，要M", {"size": "M"}),
        ("要黑色XL", {"colour": "黑色", "size": "XL"}),
        ("不要红色", {}),
        ("质量问题", {}),
        ("小一号", {"size": "小一号"}),
    ],
)
def test_wanted_colours_and_sizes(text: str, found: dict[str, str]) -> None:
    assert {name: value for name, value in wish(text).items() if name != "quantity"} == found


def test_a_bare_number_is_a_size_only_when_that_is_asked() -> None:
    assert wish("42", "return.size") == {"size": "42"}
    assert wish("42") == {}


# -- time and what was tried -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("昨天开始的", "昨天"),
        ("三天前就不亮了", "三天前"),
        ("上周发现坏了", "上周"),
        ("才用了两天", "才用了两天"),
        ("一开始就这样", "一开始就这样"),
        ("昨天买的", None),
        ("什么时候到", None),
    ],
)
def test_when_it_began(text: str, value: str | None) -> None:
    assert said(moments.read, scene(text), kind="fact").get("began_at") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("重启过了还是不行", "重启过"),
        ("换了插座也不亮", "换了插座"),
        ("充了一夜还是没电", "充了一夜"),
        ("恢复出厂设置了没用", "恢复出厂设置了"),
        ("没有重启过", None),
        ("怎么重启", None),
        ("需要恢复出厂吗", None),
    ],
)
def test_what_was_tried(text: str, value: str | None) -> None:
    assert said(moments.read, scene(text), kind="fact").get("tried") == value
