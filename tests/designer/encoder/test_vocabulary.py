"""Which pieces are kept: what our sentences use, single characters, and the likeliest others."""

from __future__ import annotations

from bot.encoder.tokens import MARK, Tokens
from designer.encoder.vocabulary import FIRST, is_common, kept_pieces

PIECES = [
    *(("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)),
    *((MARK, -3.0), ("退", -5.0), ("货", -5.0), ("退货", -6.0), ("สวย", -6.0), ("龘", -9.0), ("!", -4.0)),
    *((MARK + "hello", -7.0), ("안녕", -8.0), ("快递单", -9.0), ("一二三四五六七八九十一二三四", -2.0)),
]


def kept(*texts: str) -> list[str]:
    return [PIECES[i][0] for i in kept_pieces(PIECES, {}, texts)]


def test_the_four_special_pieces_stand_first() -> None:
    assert kept()[:FIRST] == ["<s>", "<pad>", "</s>", "<unk>"]


def test_single_common_characters_and_signs_stay_even_if_nobody_wrote_them() -> None:
    assert {"退", "货", "!"} <= set(kept())


def test_other_scripts_rare_characters_and_long_pieces_go() -> None:
    assert not {"สวย", "龘", "안녕", PIECES[-1][0]} & set(kept())


def test_what_a_sentence_uses_stays() -> None:
    assert "สวย" in kept("สวย")


def test_every_kept_text_is_cut_as_before() -> None:
    numbers = kept_pieces(PIECES, {}, ["我要退货 hello"])
    pruned, whole = Tokens([PIECES[i] for i in numbers], {}), Tokens(PIECES, {})
    texts = [[t.pieces[i][0] for i in t.ids("我要退货 hello", 64)] for t in (pruned, whole)]
    assert texts[0] == texts[1]


def test_common_characters_are_those_of_gb_2312() -> None:
    assert is_common("退")
    assert is_common("，")
    assert not is_common("龘")
    assert not is_common("a")
