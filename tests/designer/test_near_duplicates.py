"""Near-duplicates are found exactly as if every pair were compared."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from designer.near_duplicates import near_duplicates, pairs_of

SENTENCES = st.lists(st.text(alphabet="退货款吗要我", min_size=1, max_size=10), max_size=25)


@given(SENTENCES)
def test_the_same_as_comparing_all(texts: list[str]) -> None:
    slow = {
        later
        for later in range(len(texts))
        for earlier in range(later)
        if len(pairs_of(texts[earlier]) & pairs_of(texts[later]))
        >= 0.8 * len(pairs_of(texts[earlier]) | pairs_of(texts[later]))
    }
    assert {later for _, later in near_duplicates(texts)} == slow


def test_a_particle_more_is_a_duplicate_and_another_word_is_not() -> None:
    texts = ["我的快递怎么到现在还没有到呢", "我的快递怎么到现在还没有到啊", "我的退款怎么到现在还没有到账"]
    assert list(near_duplicates(texts)) == [(0, 1)]
