"""MultiIntent matters in one turn: where it may be cut, what counts as a matter of its own, which one comes first.

The model's judgement of each piece is given here; how often it is right is tests/designer/test_evaluate_multi_intent.py.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intent.categories import category_of, stage_of
from bot.intent.multi_intent import MOST_SEGMENTS, MultiIntent, segments, split_intents
from bot.intent.ranking import Ranking


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in segments(text)]


def split(text: str, whole: str | Ranking, told: dict[str, str | tuple[str, float]]) -> MultiIntent:
    """`told`: what the model says of each piece, surely unless a confidence is given; of others it says small talk."""

    def ranking(given: str | tuple[str, float]) -> Ranking:
        return [(given, 0.98)] if isinstance(given, str) else [given]

    ranked_segments = [(a, b, ranking(told.get(text[a:b], "fragment"))) for a, b in segments(text)]
    return split_intents(
        text, ranking(whole) if isinstance(whole, str) else whole, ranked_segments, category_of, stage_of
    )


def others(text: str, seen: MultiIntent) -> list[tuple[str, str]]:
    return [(intent, text[start:end]) for intent, start, end in seen.others]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("到哪了", []),
        ("我的快递到哪了\n发票怎么开", ["我的快递到哪了", "发票怎么开"]),
        ("什么时候发货啊 发票能开吗", ["什么时候发货啊", "发票能开吗"]),
        ("什么时候发货啊发票能开吗", ["什么时候发货啊", "发票能开吗"]),
        ("我要退货然后之前那单的钱呢", ["我要退货", "然后之前那单的钱呢"]),
        ("尺码不对了怎么办", []),
        ("多扣了1,200块怎么回事", []),
        ("红色 XL", []),
    ],
)
def test_where_a_turn_may_be_cut(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@given(st.text(alphabet=st.sampled_from("发票到哪了吗呢啊 \n,。还有然后顺便1a/"), max_size=200))
def test_pieces_lie_in_order_and_are_few(text: str) -> None:
    found = segments(text)
    assert len(found) <= MOST_SEGMENTS
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))


def test_the_other_matter_is_kept_in_the_customers_words_without_the_link() -> None:
    text = "到哪了 还有顺便问下发票怎么开"
    seen = split(
        text, "invoice_request", {"到哪了": "track_parcel", "还有顺便问下发票怎么开": "invoice_request"}
    )
    assert seen.ranking[0][0] == "track_parcel"
    assert others(text, seen) == [("invoice_request", "发票怎么开")]
    assert seen.own is not None
    assert text[slice(*seen.own)] == "到哪了"


def test_the_weightier_matter_comes_first_when_it_is_sure() -> None:
    text = "发票还没开 我想退货"
    told: dict[str, str | tuple[str, float]] = {
        "发票还没开": "invoice_progress",
        "我想退货": "return_request",
    }
    seen = split(text, "invoice_progress", told)
    assert seen.ranking[0][0] == "return_request"
    assert others(text, seen) == [("invoice_progress", "发票还没开")]
    doubtful = split(text, "invoice_progress", {**told, "我想退货": ("return_request", 0.55)})
    assert doubtful == MultiIntent([("invoice_progress", 0.98)])


def test_a_way_out_is_not_the_main_matter() -> None:
    text = "改地址来得及吗 不行我就取消"
    seen = split(text, "cancel_order", {"改地址来得及吗": "modify_address", "不行我就取消": "cancel_order"})
    assert seen.ranking[0][0] == "modify_address"
    assert others(text, seen) == [("cancel_order", "不行我就取消")]


@pytest.mark.parametrize(
    ("text", "whole", "told"),
    [
        ("昨天买的 今天降价了", "price_protect", {"昨天买的": "fragment", "今天降价了": "price_protect"}),
        ("屏幕碎了 能换吗", "exchange_request", {"屏幕碎了": "parcel_damaged", "能换吗": "exchange_request"}),
        ("还没发货呢 取消吧", "cancel_order", {"还没发货呢": "urge_dispatch", "取消吧": "cancel_order"}),
        (
            "快递到哪了 怎么还没到",
            "track_parcel",
            {"快递到哪了": "track_parcel", "怎么还没到": "urge_delivery"},
        ),
        (
            "上海市浦东新区 海棠路九号",
            "give_contact",
            {"上海市浦东新区": "ship_area", "海棠路九号": "presale_size"},
        ),
        ("拖了半个月 退款还不到", "refund_progress", {"拖了半个月": "complain_repeat"}),
        ("亲在吗 帮我查快递", "track_parcel", {"亲在吗": "greet", "帮我查快递": "track_parcel"}),
    ],
)
def test_one_matter_told_in_pieces_stays_one(text: str, whole: str, told: dict[str, str]) -> None:
    seen = split(text, whole, dict(told))
    assert seen.ranking[0][0] == whole
    assert seen.others == ()


def test_the_one_sure_piece_decides_where_the_whole_is_doubtful() -> None:
    text = "我要咨询一下哈 什么时候发货"
    seen = split(text, [("fragment", 0.4), ("urge_dispatch", 0.3)], {"什么时候发货": "urge_dispatch"})
    assert seen.ranking[0] == ("urge_dispatch", 0.98)
    assert seen.others == ()


def test_half_sentences_beside_the_main_matter_are_told_with_it() -> None:
    text = "电饭煲煮饭夹生 想换一个 另外扫地机怎么连网"
    told: dict[str, str | tuple[str, float]] = {
        "想换一个": "exchange_request",
        "另外扫地机怎么连网": "usage_howto",
    }
    seen = split(text, "exchange_request", told)
    assert seen.own is not None
    assert text[slice(*seen.own)] == "电饭煲煮饭夹生 想换一个"
