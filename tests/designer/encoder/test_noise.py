"""Training noise: repeatable, small, and it leaves greetings alone."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.intent.syllables import syllables
from designer.encoder.noise import CARDS, ENDINGS, GREETINGS, Noise

TEXTS = [
    "快递到哪了",
    "块头太大了",
    "退款推了吗",
    "我要退货怎么办理",
    "快点快点",
    "退退退",
    "块块块",
    "快快快",
    "推推推",
] * 2
GLUED = max(map(len, GREETINGS)) + 1 + max(map(len, (*CARDS, *ENDINGS)))


def noise(seed: int) -> Noise:
    return Noise(syllables(), TEXTS, Random(seed))


def test_the_same_seed_makes_the_same_noise() -> None:
    one, two = noise(3), noise(3)
    assert [one.changed(t, issue=True) for t in TEXTS] == [two.changed(t, issue=True) for t in TEXTS]


@given(st.integers(0, 10_000), st.sampled_from(TEXTS))
def test_nothing_is_glued_to_what_is_no_issue(seed: int, text: str) -> None:
    changed = noise(seed).changed(text, issue=False)
    assert len(text) - 1 <= len(changed) <= len(text)


@given(st.integers(0, 10_000), st.sampled_from(TEXTS))
def test_the_noise_is_small(seed: int, text: str) -> None:
    changed = noise(seed).changed(text, issue=True)
    assert len(text) - 1 <= len(changed) <= len(text) + GLUED


def test_most_sentences_stay_as_they_are_and_homophones_sound_the_same() -> None:
    made = noise(1)
    changed = [(t, made.changed(t, issue=False)) for t in TEXTS * 60]
    same = sum(a == b for a, b in changed) / len(changed)
    assert 0.7 < same < 0.95
    table = syllables()
    misheard = [(a, b) for a, b in changed if a != b and len(a) == len(b) and sorted(a) != sorted(b)]
    assert misheard
    assert all([table[c] for c in a] == [table[c] for c in b] for a, b in misheard)
