"""星期四上午我在家, 12月8号要穿, 8号之前: when the customer wants it done, for slots of kind wished_time (H23, H27).

The value is the day by its date and the part of the day as they are told. It is a wish: nothing is promised by reading it.
Words: wished_time.yml, times.yml.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from dialogue.readers.coverage import part_asks
from dialogue.readers.sentence import Sentence, sentences
from dialogue.readers.times import dates_in, hours_in, joined
from dialogue.readers.wanted import Wanted, wanted
from dialogue.reading import Reading
from dialogue.scene import Scene
from dialogue.words import Words

SOURCE = "wished_times"
_SURE = 0.92
_MOST_DAYS = 2
_WEEKDAYS = "一二三四五六日"
#: What stands behind the day of a wish; then the part of the day, or by when it is needed.
_FURTHER_DAY = "、"
_DAY_ENDS, _PARTS_OF_DAY = "）", ("早", "上", "中", "下", "傍", "晚")


def read(scene: Scene) -> Iterator[Reading]:
    """One reading a slot: the first time that is wished for."""
    if scene.message.is_button or not scene.text:
        return
    for one in wanted(scene, "wished_time"):
        for part in [*joined(scene), *sentences(scene.text)]:  # 周三下午来 我上午上班: the first alone
            value = _wished(scene, one, part)
            if value:
                asks = _asks(part, scene.store.words)
                yield one.reading(value, _SURE, part.span, source=SOURCE, question=True, tells=asks)
                break


def _asks(part: Sentence, words: Words) -> bool:
    """Is it a question? 星期四上午来嘛 is none."""
    told = part.text.rstrip("嘛撒噻")
    return part_asks(Sentence(part.start, part.end, told, part.asks), words)


def _wished(scene: Scene, one: Wanted, part: Sentence) -> str:
    """The wish as it is read back; empty where the small sentence tells when something was, or only asks."""
    words, text = scene.store.words, part.text
    by, need = words.hit("wished_time.by", text), words.hit("wished_time.need", text)
    named = words.hit("wished_time.named", text)  # 几点来都行 names no time
    refused = words.hit("times.refused", text) is not None and not (by or need)  # 要带出门 is no refusal
    if named is None or words.hit("wished_time.past", text) or refused:
        return ""
    noted = words.hit("wished_time.noted", scene.text)  # 我说的周四上午呢 写上了没
    if _asks(part, words) and not (by or noted):
        return ""
    today = scene.at.now.astimezone(scene.store.tz).date()
    days = dates_in(scene, text)[:_MOST_DAYS]
    if words.hit("wished_time.weekend", text) and not (by or need):  # 只有周末在家: Saturday as well
        before = [day - timedelta(days=1) for day in days if _WEEKDAYS[day.weekday()] == "日"]
        days = sorted({*days, *(day for day in before if day >= today)})
    hours = hours_in(scene, text)
    if any(day < today for day in days) or not (days or hours):
        return ""
    cued = by or need or one.value is not None or words.hit("wished_time.cue", scene.text)
    if not cued:
        return ""
    told = "、".join(f"{day.month}月{day.day}日（星期{_WEEKDAYS[day.weekday()]}）" for day in sorted(days))
    parts = "".join(dict.fromkeys(hit.text for hit in words.find("wished_time.part", text))) if hours else ""
    new = f"{told}{parts}{'前' if by else need or ''}"
    return _with_before(str(one.value or ""), new, has_day=bool(days), is_limit=bool(by or need))


def _with_before(before: str, new: str, *, has_day: bool, is_limit: bool) -> str:
    """我下午才在家, where the day is known: of that day; beside the day by which it is needed both are kept."""
    if has_day and not is_limit and before.startswith(new) and _FURTHER_DAY in before:
        return before  # 星期六也行, beside the weekend
    day, _, rest = before.partition(_DAY_ENDS)
    if not rest and _DAY_ENDS not in before:
        return new
    limit = _is_limit(rest)
    if not has_day and not limit:
        return f"{day}{_DAY_ENDS}{new}"
    if limit != is_limit:
        return f"{before}，{new}{'' if has_day else '方便'}" if limit and "，" not in before else new
    return new


def _is_limit(rest: str) -> bool:
    return bool(rest) and not any(rest.startswith(one) for one in (*_PARTS_OF_DAY, _FURTHER_DAY))
