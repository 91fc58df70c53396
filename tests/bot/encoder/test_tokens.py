"""Text to pieces: the likeliest cut, whatever is typed."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.encoder.tokens import MARK, Tokens

PIECES = [
    *(("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)),
    *(
        (MARK, -3.0),
        ("退", -5.0),
        ("货", -5.0),
        ("退货", -6.0),
        (MARK + "退", -6.5),
        ("块", -7.0),
        ("a", -4.0),
        ("ab", -9.0),
    ),
    *(("b", -4.0), ("货款", -9.5), ("款", -5.5)),
]


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    return Tokens(PIECES, {"Ａ": "a", "貨": "货"})


def cut(tokens: Tokens, text: str, most: int = 64) -> list[str]:
    return [tokens.pieces[i][0] for i in tokens.ids(text, most)[1:-1]]


def test_the_likeliest_cut_wins(tokens: Tokens) -> None:
    assert cut(tokens, "退货") == [MARK, "退货"]  # -9, against ▁退 + 货 with -11.5
    assert cut(tokens, "ab") == [MARK, "a", "b"]  # -8 beats the piece "ab" with -9
    assert cut(tokens, "退货款") == [MARK, "退货", "款"]


def test_characters_are_folded_and_blanks_joined(tokens: Tokens) -> None:
    assert cut(tokens, "Ａ  退貨 ") == [MARK, "a", MARK, "退货"]


def test_what_no_piece_covers_is_unknown_and_the_rest_is_still_read(tokens: Tokens) -> None:
    assert cut(tokens, "退货龘块") == [MARK, "退货", "<unk>", "块"]


def test_long_texts_end_where_the_limit_says(tokens: Tokens) -> None:
    ids = tokens.ids("退货" * 200, 10)
    assert len(ids) == 10
    assert (ids[0], ids[-1]) == (Tokens.BEGIN, Tokens.END)


@given(st.text(alphabet="退货款块ab龘 ", max_size=7))
def test_no_other_cut_is_likelier(text: str) -> None:
    tokens = Tokens(PIECES, {})
    scores = dict(PIECES[4:])
    unknown = min(scores.values()) - 10
    marked = MARK + MARK.join(text.split())
    places = range(1, len(marked))
    best = max(
        sum(
            scores.get(marked[a:b], unknown if b - a == 1 else -1e9)
            for a, b in itertools.pairwise((0, *inner, len(marked)))
        )
        for count in range(len(marked))
        for inner in itertools.combinations(places, count)
    )
    found = tokens.ids(text, 64)[1:-1]
    assert sum(unknown if i == Tokens.UNKNOWN else tokens.pieces[i][1] for i in found) == pytest.approx(best)


@given(st.text(max_size=40))
def test_anything_that_can_be_typed_has_ids(text: str) -> None:
    ids = Tokens(PIECES, {}).ids(text, 20)
    assert 2 <= len(ids) <= 20
    assert all(0 <= i < len(PIECES) for i in ids)
