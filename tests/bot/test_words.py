"""Words are cut as jieba cuts them, whatever its dictionary is kept in."""

from __future__ import annotations

from tests.bot.conftest import run_in_bot

ALIKE = """
import random, re, sys
from pathlib import Path
import jieba
from bot.text.words import Words

words, stock = Words(["花呗 30000", "电子面单"]), jieba.Tokenizer()
stock.initialize()
stock.add_word("花呗", 30000)
stock.add_word("电子面单", 20000)
kept = words._jieba.FREQ
assert all(kept.get(word) == count for word, count in stock.FREQ.items())
assert kept.get("桃") and kept.get("Ch") is None, "the same bytes in memory"
assert "没有的词儿" not in kept and kept["电子面"] == 0

dice = random.Random(3)
lines = [
    line
    for file in sorted(Path("data/nlu").rglob("*.yml"))
    for line in re.findall(r"^\\s+- (.+)$", file.read_text(encoding="utf-8"), re.M)
]
signs = "的退货桃花呗电子面单没收到aChGP0123 ，😀𠮷" + "".join(dice.sample(lines, 200))
noise = ["".join(dice.choices(signs, k=dice.randint(0, 30))) for _ in range(2000)]
for text in [*dice.sample(lines, 3000), *noise]:
    cut = [(word, start) for word, start, _ in stock.tokenize(text) if word.strip()]
    assert words.cut(text) == cut, text
"""


def test_they_are_those_of_the_stock_dictionary() -> None:
    """Every count, sentences of customers, and strings of anything."""
    run_in_bot(ALIKE)
