"""Two values in one breath, of which one is meant: 不是A是B, 是B不是A, A改成B."""

from __future__ import annotations

import re

from dialogue.number_words import number_of
from dialogue.reading import Span

_NOT_BUT = re.compile(r"不是(?P<old>[^，,。；;]+?)[，,。 ]*(?:而)?(?<!不)是(?P<new>[^，,。；;]+)")
_BUT_NOT = re.compile(r"(?<!不)是(?P<new>[^，,。；;]+?)[，,。 ]*不是(?P<old>[^，,。；;]+)")
_NAMED_NOT = re.compile(r"姓(?P<new>[一-鿿])不?(?:是)?[，, ]*不姓(?P<old>[一-鿿])")
_SWAPPED = re.compile(
    r"(?:把|将)?(?P<old>[^，,。；; 把将]+?)(?:改|换)(?:成|为)(?P<new>[^，,。；; ]+?)(?:就?(?:行|可以|好)了?|吧)?(?=$|[，,。；; ])"
)
_INTO = re.compile(
    r"(?:改成|改为|换成|变成|改回|(?:^|[，,。 ])[^，,。 退换修补]{0,6}还是)(?P<new>[^，,。；;]+)"
)
#: What a character of a number is called besides itself, where it stands, and digits in words.
_CALLED = re.compile(r"(?:阿拉伯)?数字|(?:大写|小写)?(?:英文)?字母|那?一?[个位]")
_AT_END, _DIGITS = re.compile(r"最后|末尾|末位|尾数|结尾|尾巴"), "一二三四五六七八九"


def meant(text: str) -> Span | None:
    """Where the value that is meant stands, or None when only one is told."""
    for pattern in (_NOT_BUT, _BUT_NOT):
        found = pattern.search(text)
        if found is not None:
            return found.span("new")
    return None


def replaced(text: str, current: object) -> str | None:
    """The current value with the part that is wrong replaced: 邮箱不是163是126, 把1201换成1302. None when it has no such
    part."""
    found = replaced_at(text, current)
    return found[0] if found else None


def replaced_at(text: str, current: object) -> tuple[str, Span] | None:
    """The same, and where the new part stands in the text."""
    for pattern in (_NOT_BUT, _BUT_NOT, _NAMED_NOT, _SWAPPED):
        found = pattern.search(text)
        if found is not None and isinstance(current, str):
            old, new = (found[one].strip("的了啊呀吧哦 !！?？~～") for one in ("old", "new"))
            part = _part_of(current, old)
            if part:
                return _put_in(current, part, new), found.span("new")
    return None


def character_replaced(text: str, current: str) -> str | None:
    """A number with one character replaced: 末尾那个是数字零 不是字母O, 最后是7不是1. Itself where it has the right one already, empty
    where it cannot be told which character is meant, None where no such thing is said."""
    for pattern in (_NOT_BUT, _BUT_NOT):
        found = pattern.search(text)
        if found is None:
            continue
        old, new = (_character(found[one]) for one in ("old", "new"))
        if not old or not new:
            continue
        if _AT_END.search(text) is not None:
            return current[:-1] + new if current[-1:] in {old, new} else ""
        if current.count(old) == 1:
            return current.replace(old, new)
        return current if old not in current and new in current else ""
    return None


def _character(words: str) -> str:
    """数字零 is 0, 字母o is O; empty for more than one character."""
    plain = _CALLED.sub("", words).strip("的了啊呀吧哦 !！").upper()
    plain = str(number_of(plain)) if plain and plain in _DIGITS else "0" if plain == "零" else plain
    return plain if len(plain) == 1 and plain.isascii() and plain.isalnum() else ""


def _part_of(current: str, old: str) -> str:
    """What is meant by the old one: 3幢 打错了, 就门牌3幢 are the 3幢 of the current value. Empty where it has no such part."""
    first = old.split(" ", maxsplit=1)[0] if old else ""
    ends = (first[start:] for start in range(1, len(first) - 1))
    return next((one for one in (old, first, *ends) if one and one in current), "")


def _put_in(current: str, old: str, new: str) -> str:
    """The new part instead of the old one; what it repeats of the words before or after stands once (是青禾信息科技, 不是网络
    科技, in 杭州青禾网络科技有限公司)."""
    start, end = current.index(old), current.index(old) + len(old)
    before, after = current[:start], current[end:]
    begins = next((n for n in range(min(len(before), len(new) - 1), 1, -1) if new.startswith(before[-n:])), 0)
    ends = next((n for n in range(min(len(after), len(new) - 1), 1, -1) if new.endswith(after[:n])), 0)
    if not begins and not ends:
        return current.replace(old, new)
    return before + new[begins : len(new) - ends] + after


def changed_into(text: str) -> Span | None:
    """Where the new value of "A改成B" ("刚才说A，想想还是B") stands; what stands before it is the old one."""
    found = _INTO.search(text)
    return found.span("new") if found else None
