"""A delivery address, who receives it, their phone (H20). Words: data/dialogue/address.yml.

An address is `complete` (reading.more) with enough characters and parts, the house or the place among them; less is read
too, less surely, and may be joined with what comes later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from dialogue.readers.coverage import score_in_clause
from dialogue.readers.digits import EMAIL, view
from dialogue.readers.wanted import Wanted, wanted
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.swaps import meant, replaced, replaced_at
from dialogue.words import Hit, Words

SOURCE = "address"
#: A whole address has at least this many characters and this many parts.
_SHORTEST, _FEWEST_PARTS = 8, 3
_LONGEST = 200
#: So many characters hold the first unit of what was left out.
_FIRST_UNIT = 5
#: 中山路28号: a part that is replaced has more characters than this; its number at most so many.
_SHORTEST_PART, _LONGEST_NUMBER = 3, 6
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}-\d{7,8})(?!\d)")
_LONG_NUMBER = re.compile(r"(?<!\d)\d{10,24}(?!\d)")
_NAME = re.compile(r"[一-鿿·]{2,5}")
_CORRECTED = re.compile(r"(?:不对|错了|写错了|名字错了|收件人错了)[，, 。]*(?:应该)?是(?P<new>[一-鿿·]{2,3})")
_MARKS = " ，,。.;；:：、\n"
#: Complete and asked; complete; the beginning of one after 改到, or asked; a mere word when asked.
_ASKED, _COMPLETE, _BEGUN, _WORD = 0.95, 0.88, 0.68, 0.5


def read(scene: Scene) -> Iterator[Reading]:
    """Readings for slots of kind address, receiver and phone."""
    if scene.message.is_button or not scene.text:
        return
    phones = _phones(scene)
    for one in wanted(scene, "phone"):
        if not phones and (corrected := replaced(view(scene.text), one.value)) is not None:
            yield one.reading(corrected, 0.85, (0, len(scene.text)), source=SOURCE)
        for value, span in phones:
            sure = max(0.85, score_in_clause(scene.text, [span], scene.store.words))
            yield one.reading(value, sure, span, source=SOURCE)
    name = _receiver(scene, [span for _, span in phones])
    for one in wanted(scene, "receiver"):
        if (corrected := replaced(scene.text, one.value)) is not None:
            yield one.reading(corrected, 0.9, (0, len(scene.text)), source=SOURCE)
        elif name is not None:
            yield one.reading(name[0], 0.9, name[1], source=SOURCE)
        elif scene.asked is not None and one.frame is not None and (alone := _name_alone(scene, one)):
            yield one.reading(alone, 0.85, (0, len(scene.text)), source=SOURCE)
    for one in wanted(scene, "address"):
        yield from _address(
            scene, _with_given_up(scene, one), [span for _, span in phones], name[1] if name else None
        )


def _with_given_up(scene: Scene, one: Wanted) -> Wanted:
    """就是刚才那个 后面加上3栋, once the address was taken back: what it was is what the rest belongs to."""
    if one.value is not None or not scene.store.words.hit("address.left_out", scene.text):
        return one
    drafts = {frame.draft for frame in scene.state.frames}
    given_up = (
        last["before"]
        for last in reversed(scene.state.undo)
        if last["slot"] == one.name and last["draft"] in drafts and isinstance(last["before"], str)
    )
    return replace(one, before=next(given_up, None))


def _address(scene: Scene, one: Wanted, phones: list[Span], name: Span | None) -> Iterator[Reading]:
    text, words = scene.text, scene.store.words
    swapped = replaced_at(text, one.value) or _number_replaced(one.value, text, words)
    swapped = swapped or _left_at(one.value, text, words)
    if swapped is not None:
        new, span = swapped
        whole, place = is_complete(new, words), text[slice(*span)]
        yield one.reading(place, _ASKED, span, source=SOURCE, complete=whole, merged=new)
        return
    cleared = _without(text, [*phones, *([name] if name else []), *_unwanted(text, words)])
    parts, lead = _parts(cleared, words, one)
    if not parts:
        return
    value = "".join(part.rstrip("的收") for part, _ in parts)[:_LONGEST]
    span = (parts[0][1], parts[-1][1] + len(parts[-1][0]))
    count = len(words.find("address.part", value))
    anew = words.hit("address.whole", value) is not None and is_complete(value, words)
    corrects = words.hit("answers.wrong_data", text) is not None and not anew
    part = _part_replaced(one.value, value) if corrects else None
    merged = part or (None if anew else _merged(one.value, value, text, words))
    complete = is_complete(merged or value, words)
    denied = words.hit("address.no_address", value if lead else text) is not None
    is_place = count > 0 or words.hit("address.place", value) is not None
    is_region = words.hit("address.region", value) is not None
    if complete:
        sure = 0.5 if denied else _ASKED if one.asked or lead else _COMPLETE
    elif denied:
        return
    elif one.asked:
        begun = lead or is_region or (is_place and len(value) > 2)
        sure = _BEGUN if begun else _WORD if _is_plain(scene, value) else 0.0
    else:
        sure = _BEGUN if (lead and is_place) or is_region else 0.0
    if sure:
        yield one.reading(value, sure, span, source=SOURCE, complete=complete, merged=merged)


def is_complete(value: str, words: Words) -> bool:
    """Enough characters and parts to be delivered to, down to the house or the place (文三路 alone is none)."""
    parts = len(words.find("address.part", value))
    return (
        len(value) >= _SHORTEST and parts >= _FEWEST_PARTS and words.hit("address.exact", value) is not None
    )


def _number_replaced(before: object, text: str, words: Words) -> tuple[str, Span] | None:
    """门牌错了 是1302: the address with the number of that unit (室, 号, 栋) replaced, the last one where none is named."""
    if not isinstance(before, str) or not words.hit("address.number_words", text):
        return None
    new = words.find("address.new_number", text)
    if not words.hit("answers.wrong_data", text) or len(new) != 1:
        return None
    digits = re.search(r"\d+", text[slice(*new[0].span)])
    if digits is None:
        return None
    start = new[0].start + digits.start()
    span = (start, new[0].end)
    unit = text[start + len(digits.group()) : new[0].end]
    places = list(re.finditer(rf"\d+{re.escape(unit)}", before)) or list(re.finditer(r"\d+", before))
    if not places:
        return None
    last = places[-1]
    return before[: last.start()] + digits.group() + unit + before[last.end() :], span


def _left_at(before: object, text: str, words: Words) -> tuple[str, Span] | None:
    """放前台就行: the whole address that is known, with where the parcel is left."""
    hit = next(iter(words.pattern("address.left_at").finditer(text)), None)
    if hit is None or not isinstance(before, str) or not is_complete(before, words) or hit["at"] in before:
        return None
    return f"{before}（放{hit['at'].replace('的', '')}）", hit.span()


def _part_replaced(before: object, value: str) -> str | None:
    """不对，是中山路28号: the address with its one part that begins alike replaced, up to the same unit (号, 栋)."""
    if not isinstance(before, str):
        return None
    for start in range(len(value) - _SHORTEST_PART):
        for end in range(len(value) - 1, start + 1, -1):
            at = before.find(value[start:end])
            last = before.find(value[-1], at + end - start) if at >= 0 else -1
            if 0 <= last - (at + end - start) <= _LONGEST_NUMBER:
                return before[:at] + value[start:] + before[last + 1 :]
    return None


def _merged(before: object, value: str, text: str, words: Words) -> str | None:
    """An incomplete address with what comes after it, a complete one with what was left out (还有3幢1单元); None where there is
    nothing to join or it begins anew."""
    if not isinstance(before, str) or words.hit("address.region", value):
        return None
    if is_complete(before, words) and not words.hit("address.left_out", text):
        return None
    if value in before or before in value:
        return before if value in before else value
    between = "，" if before[-1].isdigit() and value[0].isdigit() else ""  # …1905，3单元
    return before + between + value


def _parts(cleared: str, words: Words, one: Wanted) -> tuple[list[tuple[str, int]], bool]:
    """The clauses that belong to the address, each with its place, and whether words like 改到 lead to it."""
    swap = meant(cleared)
    if swap is not None:
        return [(cleared[slice(*swap)].strip(), swap[0])], True
    found: list[tuple[str, int, bool]] = []
    led = False
    more = _left_out(cleared, words) if isinstance(one.value, str) else None  # 忘了写 3栋502
    for token in re.finditer(r"[^\s，,。;；、]+", cleared):
        lead = next(reversed(words.find("address.lead", token.group())), None)
        if lead is None and isinstance(one.value, str):  # 还有3单元
            lead = _left_out(token.group(), words)
        if lead is None and more is not None and cleared[more.end : token.start()].strip() == "":
            found, led = [], True  # what stands before it leads to it
        start = token.start() + (lead.end if lead else 0)
        part = cleared[start : token.end()].strip(_MARKS)
        if lead and len(part) > 1:
            found, led = [], True
        if len(part) < 2 or words.hit("address.no_part", part):
            continue
        likely = any(words.hit(f"address.{one}", part) for one in ("part", "place", "region"))
        likely = likely or any(map(str.isdigit, part))
        if lead or likely or (one.asked and not found):
            found.append((part, start, bool(lead or likely)))
    while not led and len(found) > 1 and found[0][0].isdigit():  # 1234 浙江省…: the end of a phone number
        found.pop(0)
    first = next((place for place, part in enumerate(found) if part[2]), 0)  # a greeting before it is no part
    return [(part, start) for part, start, _ in found[first:]], led


def _left_out(told: str, words: Words) -> Hit | None:
    """The words that say that the rest, a place, was left out; None where no place follows them (少打了)."""
    hit = next(reversed(words.find("address.left_out", told)), None)
    rest = told[hit.end :].lstrip() if hit is not None else ""
    is_place = any(words.pattern(f"address.{one}").search(rest[:_FIRST_UNIT]) for one in ("part", "region"))
    return hit if is_place or rest[:1].isdigit() else None


def _is_plain(scene: Scene, value: str) -> bool:
    """Could bare words be a place at all? Not when they answer, ask or begin something else."""
    words, text = scene.store.words, scene.text
    other = any(words.hit(one, text) for one in ("reading.question", "invoice.sentence", "invoice.no_title"))
    return len(value) >= 3 and not other and any("一" <= one <= "鿿" for one in value)


def _phones(scene: Scene) -> list[tuple[str, Span]]:
    viewed = view(scene.text)
    return [(re.sub(r"\D", "", one.group()), one.span()) for one in _PHONE.finditer(viewed)]


def _name_alone(scene: Scene, one: Wanted) -> str | None:
    """A bare name, or one after 叫; 不对 是李明 where the name that is known is not right."""
    words = scene.store.words
    corrected = _CORRECTED.fullmatch(scene.text.strip(_MARKS))
    told = scene.text.strip(_MARKS)
    lead = next(iter(words.find("address.receiver_alone", told)), None) if one.frame is scene.top else None
    if not one.asked and corrected is None and lead is None:
        return None
    text = corrected["new"] if corrected else _untailed(told[lead.end :], words) if lead else told
    bare = re.split(r"\s", text)[0].rpartition("叫")[2]
    bare = re.split(r"[改换写](?:成|为|给)", bare)[-1]
    is_name = _NAME.fullmatch(bare) and len(bare) >= 2 and not words.hit("address.no_name", bare)
    return bare if is_name and not words.hit("invoice.no_title", bare) else None


def _untailed(name: str, words: Words) -> str:
    """The name without the light words behind it (前台小陈吧, 王丽收)."""
    tail = next(iter(words.find("address.receiver_tail", name)), None)
    return name[: tail.start] if tail is not None else name


def _receiver(scene: Scene, phones: list[Span]) -> tuple[str, Span] | None:
    """收件人李雷; 李雷收; a short name that stands beside the phone."""
    text, words = scene.text, scene.store.words
    swap = meant(text) if words.hit("address.receiver", text) else None
    for start in [*([swap[0]] if swap else []), *(hit.end for hit in words.find("address.receiver", text))]:
        for token in re.finditer(r"[一-鿿·]+", text[start:]):
            cut = _untailed(re.split(r"电话|手机|地址|不是", token.group())[0], words)
            if not 2 <= len(cut) <= 4 or any(words.hit(f"address.{one}", cut) for one in ("part", "no_name")):
                continue
            return cut, (start + token.start(), start + token.start() + len(cut))
    for token in re.finditer(r"[^\s，,。;；:：、\d]+", text):
        found = _NAME.match(token.group())
        if not found:
            continue
        short = token.group().removesuffix("收")
        after_name = words.pattern("address.receiver_after").match(token.group()[len(short) :])
        beside = any(abs(token.start() - end) <= 2 or abs(start - token.end()) <= 2 for start, end in phones)
        is_name = 2 <= len(short) <= 4 and not words.hit("address.part", short) and _NAME.fullmatch(short)
        if is_name and (after_name or beside) and not words.hit("address.no_name", short):
            return short, token.span()
    return None


def _unwanted(text: str, words: Words) -> list[Span]:
    """Numbers and labels that are no part of an address."""
    spans = [one.span() for one in EMAIL.finditer(text)] + [one.span() for one in _LONG_NUMBER.finditer(text)]
    return spans + [hit.span for hit in words.find("address.phone_words", text)]


def _without(text: str, spans: list[Span]) -> str:
    taken = {place for start, end in spans for place in range(start, end)}
    return "".join(" " if place in taken else one for place, one in enumerate(text))
