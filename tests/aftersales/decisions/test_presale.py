"""Questions before buying, from the catalogue only (H34); what is bought is used as it says (H27)."""

from dataclasses import replace
from typing import Any

import pytest

from aftersales.decisions import DECISIONS, Inputs
from aftersales.order_system.port import Product, Variant
from tests.aftersales.conftest import START, TZ
from tests.aftersales.decisions.cases import LABELS, POLICY, decide
from tests.aftersales.decisions.goods import COAT, COOKER, COUPON, GIFT


def asked(product: Product | None = COAT, words: str = "", **more: Any) -> Inputs:
    return Inputs(policy=POLICY, now=START, tz=TZ, labels=LABELS, product=product, words=words, **more)


SPECS: list[tuple[Inputs, str]] = [
    (asked(words="羽绒服充绒量多少"), "fact"),
    (asked(words="有黑色的吗", slots={"colour": "黑色"}), "colour_yes"),
    (asked(words="有红色吗", slots={"colour": "红色"}), "colour_no"),
    (asked(words="有什么颜色", slots={"aspect": "colour"}), "colours"),
    (asked(words="多大码", slots={"aspect": "size"}), "sizes"),
    (asked(words="羽绒服怎么样"), "spec"),
    (asked(COOKER, words="几个码", slots={"aspect": "size"}), "spec"),
    (asked(replace(COOKER, size_advice="2-4 人选 3L。"), words="够不够", slots={"aspect": "size"}), "advice"),
    (asked(words="孕妇能穿吗", slots={"aspect": "unlisted"}), "unknown"),
    (asked(words="能不能淋雨", slots={"aspect": "particular"}), "particular"),
    (asked(None, words="空气净化器什么材质"), "unknown"),
    (asked(words="羽绒服啥材质 多少钱", topics=["material", "price"]), "several"),
    (asked(COOKER, words="多少瓦 多重", topics=["power", "weight"]), "several_partly"),
    (asked(words="羽绒服和电饭锅哪个好", products=[COAT, COOKER], slots={"aspect": "unlisted"}), "compared"),
    (asked(words="羽绒服和羽绒衣一样吗", products=[COAT]), "same"),
    (asked(words="可以干洗吗 建议干洗不", slots={"aspect": "particular"}), "told"),
]


@pytest.mark.parametrize(("inputs", "outcome"), SPECS)
def test_what_is_told_of_a_product(inputs: Inputs, outcome: str) -> None:
    assert decide("product_spec", inputs).outcome == outcome


def test_every_answer_on_a_product_occurs() -> None:
    assert {outcome for _, outcome in SPECS} == set(DECISIONS["product_spec"].outcomes)


def test_the_facts_that_are_named() -> None:
    one = decide("product_spec", asked(words="充绒量多少")).values
    assert (one["name"], one["value"]) == ("充绒量", "180 克")
    two = decide("product_spec", asked(words="充绒量和蓬松度是多少")).values
    assert (two["name"], two["value"]) == ("充绒量、蓬松度", "180 克、700+")


def test_each_of_several_things_is_told_and_what_is_not_known_named() -> None:
    told = decide("product_spec", asked(COOKER, words="多少瓦 多重", topics=["power", "weight"])).values
    assert (told["known"], told["lacking"]) == ("功率 1100 瓦", "重量")


def test_both_of_two_products_are_told() -> None:
    told = decide("product_spec", asked(words="羽绒服、电饭煲", products=[COAT, COOKER])).values["products"]
    assert "羽绒服：中长款，连帽可拆，90% 白鹅绒，599元" in told
    assert "电饭煲：IH 电磁加热，不粘铜釜，329元" in told
    facts = decide("product_spec", asked(words="羽绒服充绒量 电饭煲功率", products=[COAT, COOKER])).values[
        "products"
    ]
    assert facts == "羽绒服：充绒量 180 克，599元\n电饭煲：功率 1100 瓦，329元"


def test_a_name_inside_a_longer_name_is_not_a_second_product() -> None:
    case_of_it = replace(COAT, sku="K", name="羽绒服收纳袋", aliases=())
    assert (
        decide("product_spec", asked(words="羽绒服收纳袋多大", products=[case_of_it, COAT])).outcome == "spec"
    )


def test_only_the_colours_that_fit_are_told() -> None:
    assert decide("product_spec", SPECS[1][0]).values["colours"] == "曜石黑"
    assert decide("product_spec", SPECS[2][0]).values["colours"] == "曜石黑、米白色"


@pytest.mark.parametrize(("product", "outcome"), [(COAT, "sizes"), (COOKER, "no_sizes"), (None, "unknown")])
def test_sizes(product: Product | None, outcome: str) -> None:
    found = decide("product_size", asked(product))
    assert found.outcome == outcome
    assert bool(found.values["spec"]) == (outcome != "unknown")


@pytest.mark.parametrize(
    ("product", "slots", "outcome"),
    [
        (COAT, {}, "not_asked"),
        (None, {"colour": "黑色"}, "not_asked"),
        (COAT, {"colour": "黑色"}, "colour_yes"),
        (COAT, {"colour": "绿色"}, "colour_no"),
        (COAT, {"aspect": "colour"}, "colours"),
    ],
)
def test_colours_beside_the_size(product: Product | None, slots: dict[str, str], outcome: str) -> None:
    assert decide("product_colours", asked(product, slots=slots)).outcome == outcome


STOCKS: list[tuple[Product | None, dict[str, str], str]] = [
    (COAT, {}, "in_stock_colours"),
    (COAT, {"colour": "白色", "size": "L码"}, "variant_in"),
    (
        replace(COAT, variants=(Variant("米白色", "L", 0, None),)),
        {"colour": "白色", "size": "L码"},
        "variant_out",
    ),
    (replace(COAT, colours=()), {"colour": "红色"}, "in_stock"),
    (replace(COAT, stock=0), {"colour": "红色"}, "out_of_stock"),
    (COAT, {"colour": "红色"}, "colour_no"),
    (COAT, {"size": "XS"}, "size_no"),
    (COOKER, {"size": "XS"}, "in_stock_colours"),
    (None, {}, "unknown"),
]


@pytest.mark.parametrize(("product", "slots", "outcome"), STOCKS)
def test_stock(product: Product | None, slots: dict[str, str], outcome: str) -> None:
    assert decide("product_stock", asked(product, slots=slots)).outcome == outcome


def test_every_answer_on_stock_occurs() -> None:
    assert {outcome for *_, outcome in STOCKS} == set(DECISIONS["product_stock"].outcomes)


def test_genuine_and_recommended() -> None:
    known = decide("product_authentic", asked())
    assert (known.outcome, known.values["warranty"]) == ("known", "90")
    assert decide("product_authentic", asked(None)).outcome == "unknown"
    found = decide("recommend", asked(None, products=[COAT, COOKER]))
    assert (found.outcome, found.values["products"]) == ("found", "羽绒服（599元）、电饭煲（329元）")
    assert decide("recommend", asked(None)).outcome == "unknown"


def test_usage() -> None:
    assert decide("usage", asked()).values["usage"] == "建议干洗。"
    assert decide("usage", asked(COOKER)).outcome == "unknown"
    assert decide("usage", asked(None)).outcome == "unknown"


def test_prices_and_promotions() -> None:
    found = decide("product_price", asked(promotions=[GIFT, COUPON]))
    assert (found.values["price"], found.values["promotions"]) == ("599元", "满 299 减 30。")
    assert decide("product_price", asked(None, promotions=[GIFT])).outcome == "unknown"
    running = decide(
        "running_promotions", replace(asked(promotions=[GIFT, COUPON]), product=None, products=())
    )
    assert running.values["promotions"] == "满 299 减 30。会员日双倍积分。"
    assert decide("running_promotions", asked()).outcome == "none"


@pytest.mark.parametrize(
    ("about", "words", "outcome", "days"),
    [
        ("time", "", "time", "顺丰速运、京东快递 1-3 天"),
        ("carrier", "能发中通吗", "carrier", "中通快递 2-4 天"),
        ("fee", "", "fee", "邮政EMS 3-6 天"),
        ("area", "新疆能到吗 走邮政", "area", "邮政EMS 3-6 天"),
        (None, "", "time", "1-3 天"),
    ],
)
def test_shipping(about: str | None, words: str, outcome: str, days: str) -> None:
    found = decide("shipping", asked(None, words=words, slots={"about": about}))
    assert found.outcome == outcome
    assert days in found.values["road_days"]
    assert found.values["free_over"] == "99元"


def test_which_of_two_is_answered_by_their_facts() -> None:
    both = replace(asked(None, words="羽绒服和电饭煲哪个好"), products=(COAT, COOKER))
    assert decide("recommend", both).outcome == "compared"
    assert COAT.name in decide("compare_named", both).values["products"]
    assert decide("compare_named", asked(None, words="哪个好")).outcome == "which"


TALL = "身高 165-170 选 M，170-176 选 L；里面穿厚毛衣的大一码。"
BY_WEIGHT = "身高 160-168、体重 90-110 斤选 M，身高 160-168、体重 110-130 斤选 L。"


@pytest.mark.parametrize(
    ("words", "advice", "outcome", "size"),
    [
        ("身高167穿啥码", TALL, "fits", "M"),
        ("一米七二 羽绒服几码", TALL, "fits", "L"),
        ("我170", TALL, "between", "M、L"),
        ("1米85的", TALL, "beyond", ""),
        ("165 120斤", BY_WEIGHT, "fits", "L"),
        ("165 体重50公斤", BY_WEIGHT, "fits", "M"),
        ("165 150斤", BY_WEIGHT, "beyond", ""),
        ("穿几码", TALL, "sizes", ""),
        ("身高167", "按平时的码选。", "sizes", ""),
        ("599元的165件", TALL, "sizes", ""),
    ],
)
def test_the_size_for_a_body(words: str, advice: str, outcome: str, size: str) -> None:
    found = decide("product_size", asked(replace(COAT, size_advice=advice), words=words))
    assert (found.outcome, found.values["size"]) == (outcome, size)


SHOES = replace(
    COAT,
    name="运动鞋",
    sizes=("41", "42", "43"),
    size_advice="标准鞋码，脚宽的建议大一码。",
    facts={"尺码差": "每大一码，脚长多 5 毫米：41 是 255 毫米，42 是 260，43 是 265"},
)


@pytest.mark.parametrize(
    ("words", "told_before", "outcome", "size"),
    [
        ("我量了下脚 25.8厘米  那到底42还是43", False, "suits", "42"),
        ("脚长265mm", True, "suits", "43"),
        ("26cm的脚", False, "suits", "42"),
        ("28厘米", False, "sizes", ""),
        ("22厘米的脚", False, "sizes", ""),
        ("到底多大", True, "sizes_foot", ""),
    ],
)
def test_the_size_for_a_foot(words: str, told_before: bool, outcome: str, size: str) -> None:
    found = decide("product_size", asked(SHOES, words=words, told_before=told_before))
    assert (found.outcome, found.values["size"]) == (outcome, size)


def test_a_weight_that_the_advice_does_not_go_by_is_said_to_be_unknown() -> None:
    told = decide("product_size", asked(replace(COAT, size_advice=TALL), words="167 体重60")).values["others"]
    assert "没写体重" in told
    assert "厚毛衣" in told


@pytest.mark.parametrize(
    ("wanted", "sort", "stock", "outcome", "first"),
    [
        ("烘干机", "small_appliance", 5, "near", "电饭煲"),
        ("皮鞋", "shoes", 5, "others", "羽绒服"),
        ("皮鞋", "shoes", 0, "none", ""),
    ],
)
def test_what_is_near_to_goods_that_are_not_sold(
    wanted: str, sort: str, stock: int, outcome: str, first: str
) -> None:
    catalogue = [replace(one, stock=stock) for one in (COAT, COOKER)]
    slots = {"wanted": wanted, "sort": sort}
    found = decide("not_sold", asked(None, slots=slots, all_products=catalogue))
    assert found.outcome == outcome
    assert found.values["products"].startswith(first)


@pytest.mark.parametrize(("amounts", "fits"), [((), ""), (("600",), "以内"), (("300",), "贵")])
def test_the_only_one_is_told_with_the_sum_that_was_named(amounts: tuple[str, ...], fits: str) -> None:
    found = decide("recommend", asked(None, words="推荐一件", products=[COAT], amounts=amounts))
    assert found.outcome == "only"
    assert found.slots == {"product": "YRF"}
    assert fits in found.values["fits"]
