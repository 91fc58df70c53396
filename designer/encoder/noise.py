"""Noise as a keyboard and a shop's log make it: homophones, lost and swapped characters, things glued on. Pure.

Only for training; the same seed gives the same noise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from random import Random

from bot.intent.augmentation import ENDING_PARTICLES

GREETINGS = (
    *(
        "亲",
        "在吗",
        "您好",
        "你好 ",
        "亲，在吗",
        "客服在吗",
        "掌柜的",
        "在不在 ",
        "请问一下",
        "嗯",
        "好的",
        "哦哦 ",
    ),
    *("那个", "老板", "亲 ", "喂", "哈喽 ", "问下"),
)
ENDINGS = (
    "谢谢亲",
    "麻烦了",
    "急",
    " 谢谢",
    "哦",
    "，亲",
    "！",
    "？",
    "呀",
    "吧",
    "表情",
    "图片",
    *ENDING_PARTICLES,
)
CARDS = ("订单号", "链接", "图片", "商品", "数字", "表情")
"""What a pasted order, a link or a picture is called in the text that the encoder reads."""
MIN_LENGTH = 6
"""A shorter sentence loses no character."""


class Noise:
    """`changed(text, issue)` returns the text with at most two kinds of noise, more than half of the time with none."""

    def __init__(self, syllables: Mapping[str, str], texts: Iterable[str], random: Random) -> None:
        self._random = random
        self._syllables = syllables
        counts = Counter(character for text in texts for character in text if character in syllables)
        alike: dict[str, list[str]] = defaultdict(list)
        for character, count in counts.most_common():
            if count > 2:
                alike[syllables[character]].append(character)
        self._alike: Mapping[str, Sequence[str]] = alike

    def changed(self, text: str, *, issue: bool) -> str:
        """`issue`: something may be glued on; a greeting alone must stay one."""
        random = self._random
        if issue:
            glued = random.random()
            if glued < 0.12:
                text = random.choice(GREETINGS) + random.choice(("", "，", " ")) + text
            elif glued < 0.20:
                text = random.choice(CARDS) + random.choice(("", " ")) + text
            elif glued < 0.30:
                text += random.choice(ENDINGS)
        wrong = random.random()
        if len(text) >= MIN_LENGTH:
            at = random.randrange(len(text) - 1)
            if wrong < 0.06:
                text = text[:at] + text[at + 1 :]
            elif wrong < 0.10:
                text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        if 0.10 <= wrong < 0.22:
            text = self._misheard(text)
        return text

    def _misheard(self, text: str) -> str:
        """One character (two in long texts) replaced by another of the same sound."""
        places = [
            i
            for i, character in enumerate(text)
            if len(self._alike.get(self._syllables.get(character, ""), ())) > 1
        ]
        for at in self._random.sample(places, min(len(places), 1 + len(text) // 20)):
            choices = [one for one in self._alike[self._syllables[text[at]]] if one != text[at]]
            text = text[:at] + self._random.choice(choices) + text[at + 1 :]
        return text
