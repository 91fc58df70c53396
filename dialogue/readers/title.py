"""What an invoice needs: title, whether it is a person's or a company's, tax number, e-mail (H21, H33). Words: invoice.yml."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dialogue.readers.digits import EMAIL, view
from dialogue.readers.sentence import sentence_of, sentences
from dialogue.readers.spelling import explained, written_right
from dialogue.readers.wanted import Wanted, asked_name, wanted
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.swaps import character_replaced, meant, replaced, replaced_at
from dialogue.words import Words

SOURCE = "title"
#: Values of the slot that says whose invoice it is; the title of one without a name.
PERSONAL, COMPANY, PERSONAL_TITLE = "personal", "company", "个人"
_KIND_SLOT, _TAX_SLOT, _MAIL_SLOT = "title_kind", "tax_no", "email"
#: Words between the name of a slot and its value (邮箱也换一个 a@b.cn), in characters.
_BEFORE_VALUE = 8
_LONGEST = 60
#: A person's name, or a short name of a shop, in characters.
_NAME_LONGEST = 12
_PERSONAL_WORDS = ("personal", "not_company")
_NAME = re.compile(r"[一-鿿·]{2,4}")
_TAX = re.compile(r"(?<![0-9A-Z])(?=[0-9A-Z]*\d)[0-9A-Z]{15,20}(?![0-9A-Z])")
_TAX_GROUPS = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{2,16}(?:[ -][0-9A-Z]{2,16}){1,5}(?![0-9A-Z])")
_QQ = re.compile(r"[1-9]\d{4,10}")
_BREAK = re.compile(r"[，,。;；!！\s]")
_MARKS = " ，,。.;；:：、“”\"'《》!！~～"
#: What is said of a slot without telling its value.
_SAYS_OF_IT = (
    "answers.wrong_data",
    "answers.unchanged",
    "answers.kept",
    "answers.question",
    "invoice.sent_to",
)
_SURE, _LIKELY, _PERHAPS = 0.95, 0.8, 0.65


def read(scene: Scene) -> Iterator[Reading]:
    """Readings for slots of kind title, tax_no and email, and for `title_kind`; `skip tax_no` when there is none."""
    if scene.message.is_button or not scene.text:
        return
    tax = list(_tax_numbers(scene))
    for one in wanted(scene, "tax_no"):
        for value, span, sure in tax:
            yield one.reading(value, sure, span, source=SOURCE)
        if not tax:
            yield from _one_character(scene, one)
        for hit in scene.store.words.find("invoice.no_tax_no", scene.text)[:1]:
            yield Reading("skip", _TAX_SLOT, None, 0.85, hit.span, source=SOURCE, more={"flow": one.flow})
    for one in wanted(scene, "email"):
        for value, span in _mails(scene, one):
            yield one.reading(value, 0.97, span, source=SOURCE)
    kinds = [one for one in wanted(scene, "choice") if one.name == _KIND_SLOT]
    spelt = explained(scene.text, scene.store.words)
    for one in wanted(scene, "title"):
        known = str(one.frame.slots.get(one.name) or "") if one.frame is not None else ""
        again = _title(scene, one, [span for _, span, _ in tax]) if spelt and known else None
        if spelt and known and not (again and again[0]):
            right, span = written_right(known, spelt), (spelt[0].span[0], spelt[-1].span[1])
            yield one.reading(right or known, _SURE, span, negated=right is None, source=SOURCE)
            continue
        found = _completed(scene, one) or _title(scene, one, [span for _, span, _ in tax])
        if found is not None:
            value, kind, span, sure = found
            if value:
                yield one.reading(value, sure, span, source=SOURCE)
            for other in kinds:
                if other.flow == one.flow:
                    yield other.reading(kind, sure, span, source=SOURCE)


def is_company(title: str, words: Words) -> bool:
    """Is it a company's name (it needs a tax number)?"""
    return words.hit("invoice.company", title) is not None or _ends_like_company(title, words)


def _title(scene: Scene, one: Wanted, tax: list[Span]) -> tuple[str, str, Span, float] | None:
    """(title, kind, where, how sure); the title is empty when only the kind is told."""
    words = scene.store.words
    mails = [found.span() for found in EMAIL.finditer(scene.text)]
    spelt = [one.span for one in explained(scene.text, words)]
    text = _without(scene.text, [*tax, *mails, *spelt, *_about_others(scene, mails)])
    if (again := _said_again(scene, one, text)) is not None:
        return again
    if one.asked and words.hit("invoice.not_company", text):
        return _name_beside(text, words) or PERSONAL_TITLE, PERSONAL, (0, len(scene.text)), _LIKELY
    if words.hit("invoice.not_company", text):  # 抬头王建国 不要公司
        labels = [hit for hit in words.find("invoice.label", text) if hit.text.strip()]
        name = _name_beside(text[labels[-1].end :], words) if labels else ""
        return (name, PERSONAL, (labels[-1].start, len(scene.text)), _LIKELY) if name else None
    given = next(
        (hit for hit in words.find("invoice.given_as", text) if not _is_wrong(text, hit.span, words)), None
    )
    first = _BREAK.split(text[given.end :].strip(), maxsplit=1)[0] if given is not None else ""
    if given is not None and not any(act.search(first) for act in words.codes("acts").values()):
        named = _bare(text[given.end :], words)
        first, _, rest = named.partition(" ")
        if rest and words.hit("invoice.company_only", first) and _ends_like_company(rest, words):
            named = rest.strip(_MARKS)  # 换成公司的 南京青禾信息有限公司
        if not (_ends_like_company(named, words) and _fits(named, words)):
            named = _bare(_BREAK.split(named)[0], words)
        personal = words.pattern("invoice.personal").match(named) is not None
        if personal and (name := _name_beside(text[given.end :], words)):
            named, personal = name, False
        if personal or _fits(named, words):
            value = PERSONAL_TITLE if personal else named
            span = (given.start, max(given.end, text.find(named, given.end) + len(named)))
            return value, _kind(value, words), span, _SURE
    plain = words.pattern("invoice.label").sub(" ", text).strip(_MARKS)
    own = words.pattern("invoice.personal_name").search(plain)
    rest = plain[own.end() :] if own is not None else plain
    if own is not None and _NAME.fullmatch(rest.strip(_MARKS)) and _fits(rest.strip(_MARKS), words):
        return rest.strip(_MARKS), PERSONAL, (0, len(scene.text)), _SURE
    parts = [one for one in _BREAK.split(words.pattern("invoice.label").sub(" ", text)) if one.strip(_MARKS)]
    if len(parts) > 1 and (inside := _company_inside(scene, text, words)) is not None:
        return inside
    rest = "".join(parts).strip(_MARKS)
    if one.asked and (name := _one_name(text, rest, words)):
        return name, PERSONAL, (0, len(scene.text)), _LIKELY
    whole = (0, len(scene.text))
    if words.pattern("invoice.personal").match(rest):
        return PERSONAL_TITLE, PERSONAL, whole, _SURE if one.asked else _PERHAPS
    # 显示器开个发票 开公司的: the last words say the kind only
    kind_last = bool(parts) and words.hit("invoice.company_only", parts[-1].strip(_MARKS)) is not None
    if (
        words.hit("invoice.company_only", text.strip(_MARKS))
        and parts
        and _fits(parts[-1], words)
        and len(parts) > 1
        and not kind_last
    ):
        return parts[-1].strip(_MARKS), COMPANY, whole, _LIKELY  # 要公司 宁波东钱湖民宿
    if words.hit("invoice.company_only", text.strip(_MARKS)) and (kind_last or not _fits(rest, words)):
        hit = next(iter(words.find("invoice.company_only", text)))
        beside = len(sentences(scene.text)) > 1  # 开吧 公司抬头 那闪屏呢: in its own small sentence
        told = sentence_of(scene.text, hit.span).span if beside else whole
        return "", COMPANY, told, _LIKELY if one.asked else _PERHAPS
    if not _fits(rest, words):
        return _company_inside(scene, text, words)
    if _ends_like_company(rest, words):
        return rest, COMPANY, whole, _SURE if one.asked else _PERHAPS if len(rest) > 3 else 0.4
    if not one.asked:
        return _company_inside(scene, text, words)
    sure = _LIKELY if _NAME.fullmatch(rest) else _PERHAPS
    return rest, _kind(rest, words), whole, sure


def _completed(scene: Scene, one: Wanted) -> tuple[str, str, Span, float] | None:
    """公司名后面漏了“有限公司”四个字: the known title with what it lacks at its end; None where nothing is said to lack there."""
    words = scene.store.words
    known = str(one.frame.slots.get(one.name) or "") if one.frame is not None else ""
    found = words.pattern("invoice.left_out").search(scene.text) if known else None
    if found is None or not (found["at"] or _ends_like_company(found["added"], words)):
        return None
    title = known if known.endswith(found["added"]) else known + found["added"]
    return title, _kind(title, words), found.span(), _SURE


def _bare(named: str, words: Words) -> str:
    """The name without marks and light words behind it (王建军才对)."""
    plain = named.strip(_MARKS)
    return (
        plain
        if _ends_like_company(plain, words)
        else words.pattern("invoice.tail").sub("", plain).strip(_MARKS)
    )


def _one_name(text: str, joined: str, words: Words) -> str:
    """The only part of the message that is a person's name (开吧 王建国); empty where it is all one name or a company's."""
    if _NAME.fullmatch(joined) or _ends_like_company(joined, words):
        return ""
    if any(act.search(text) for act in words.codes("acts").values()):  # 发票不急 先退货
        return ""
    return _name_beside(text, words)


def _said_again(scene: Scene, one: Wanted, text: str) -> tuple[str, str, Span, float] | None:
    """什么李秀英发 是李秀英, 写错了 叫王建军, while it is read back: the title that is meant, where the message says that it is
    another one or one that looks like what is known."""
    words, known = scene.store.words, one.frame.slots.get(one.name) if one.frame is not None else None
    if not known or one.asked or one.frame is not scene.top:
        return None
    if (swapped := replaced_at(text, known)) is not None and _fits(swapped[0], words):
        return swapped[0], _kind(swapped[0], words), (0, len(text)), _SURE
    denies = words.hit("answers.wrong_data", scene.text) is not None or meant(scene.text) is not None
    for part in sentences(text):
        opening = words.pattern("invoice.given_again").match(part.text)
        name = _bare(part.text[opening.end() if opening else 0 :], words)
        fits = (_NAME.fullmatch(name) or _ends_like_company(name, words)) and _fits(name, words)
        if not fits or part.asks or _is_wrong(text, part.span, words):
            continue
        if _alike(name, str(known)) or (denies and opening is not None):
            return name, _kind(name, words), (0, part.end), _SURE
    return None


def _is_wrong(text: str, span: Span, words: Words) -> bool:
    """写成李秀英发了: told is what came of it, not what is wanted."""
    return any(hit.start < span[1] and span[0] < hit.end for hit in words.find("invoice.wrongly", text))


def _alike(one: str, other: str) -> bool:
    """Do they share at least half of their characters?"""
    return 2 * len(set(one) & set(other)) >= max(len(set(one)), len(set(other)))


def _name_beside(text: str, words: Words) -> str:
    """写个人就行 王建国: the person's name that follows; empty when there is none."""
    parts = [one.strip(_MARKS) for one in _BREAK.split(words.pattern("invoice.label").sub(" ", text))]
    told = [one for one in parts if not any(words.hit(f"invoice.{own}", one) for own in _PERSONAL_WORDS)]
    names = [one for one in told if _NAME.fullmatch(one) and _fits(one, words)]
    return names[0] if len(names) == 1 else ""


def _about_others(scene: Scene, mails: list[Span]) -> list[Span]:
    """邮箱不对 发到公司: what is said of another slot, or of where the invoice is sent, holds no title."""
    words, text, codes = scene.store.words, scene.text, scene.store.words.codes("slots")
    found = [hit.span for hit in words.find("invoice.sent_to", text)] if mails else []
    for part in sentences(text):
        others = [name for name in (_TAX_SLOT, _MAIL_SLOT) if codes[name].search(part.text)]
        changes = any(words.hit(name, part.text) for name in _SAYS_OF_IT)
        if others and changes and not codes["title"].search(part.text):
            found.append(part.span)
    return found


def _company_inside(scene: Scene, text: str, words: Words) -> tuple[str, str, Span, float] | None:
    """A company's name that is one of the message's words: 开票 江北科技有限公司 明天要用."""
    for token in re.finditer(r"[^\s，,。;；:：、]+", text):
        name = words.pattern("invoice.label").sub("", token.group())
        if (
            len(name) > 4
            and _ends_like_company(name, words)
            and words.hit("invoice.company", name)
            and _fits(name, words)
        ):
            return name, COMPANY, token.span(), _LIKELY
    return None


def _fits(words_of_title: str, words: Words) -> bool:
    """A name of a person or a company; a whole sentence, a yes or a number is none."""
    title = words_of_title
    if not 2 <= len(title) <= _LONGEST or title.isdigit() or words.pattern("invoice.no_title").match(title):
        return False
    if words.hit("answers.wrong_data", title) or not words.pattern("invoice.label").sub("", title):
        return False
    sentence = words.hit("invoice.sentence", title) is not None
    if _ends_like_company(title, words):
        return not sentence or (words.hit("invoice.company", title) is not None and not _talks(title))
    return len(title) <= _NAME_LONGEST and not sentence


def _talks(title: str) -> bool:
    return any(one in title for one in "吗呢啊吧呀?？，,我")


def _ends_like_company(title: str, words: Words) -> bool:
    return words.hit("invoice.company_end", title) is not None


def _kind(title: str, words: Words) -> str:
    return COMPANY if is_company(title, words) else PERSONAL


def _tax_numbers(scene: Scene) -> Iterator[tuple[str, Span, float]]:
    """15 to 20 letters and digits; groups with blanks after 税号 or when we asked; no number of this store's orders."""
    words = scene.store.words
    text = view(scene.text).upper()
    asked = asked_name(scene) == _TAX_SLOT
    labelled = words.hit("invoice.tax_words", scene.text) is not None
    found = list(_TAX.finditer(text))
    if not found and (asked or labelled):
        found = [
            one for one in _TAX_GROUPS.finditer(text) if 15 <= len(re.sub(r"[ -]", "", one.group())) <= 20
        ]
    here = scene.store.order_number.here
    for one in found:
        if any(here.fullmatch(group) for group in one.group().split()):  # 202611010010 9753 要开公司的
            continue
        value = re.sub(r"[ -]", "", one.group())
        if len(value) == 18:
            value = value.replace("O", "0").replace("I", "1")  # neither letter is used in these codes
        sure = _SURE if asked or labelled else 0.9 if not value.isdigit() else 0.4
        yield value, one.span(), sure


def _one_character(scene: Scene, one: Wanted) -> Iterator[Reading]:
    """税号末尾那个是数字零 不是字母O: the known number with that character instead; where it cannot be told which one is meant, that
    the number is wrong."""
    known = str(one.frame.slots.get(one.name) or "") if one.frame is not None else ""
    named = scene.store.words.codes("slots")[_TAX_SLOT].search(scene.text)
    value = character_replaced(scene.text, known) if known and named is not None else None
    if value is not None:
        whole = (0, len(scene.text))
        yield one.reading(value or known, _SURE, whole, negated=not value, source=SOURCE)


def _mails(scene: Scene, one: Wanted) -> Iterator[tuple[str, Span]]:
    text, words = scene.text, scene.store.words
    found = [(mail.group().lower(), _with_label(scene, mail.span())) for mail in EMAIL.finditer(text)]
    corrected = None if found else replaced(text, one.value)
    if corrected is not None:
        found.append((corrected, (0, len(text))))
    if not found and one.asked:
        for hit in words.find("invoice.qq_mail", text)[:1]:
            number = _QQ.search(text, hit.start)
            if number:
                found.append((f"{number.group()}@qq.com", (hit.start, max(hit.end, number.end()))))
    yield from found


def _with_label(scene: Scene, span: Span) -> Span:
    """邮箱也换一个 a@b.cn: the words that name the slot belong to its value."""
    named = list(scene.store.words.codes("slots")[_MAIL_SLOT].finditer(scene.text, 0, span[0]))
    near = named and span[0] - named[-1].end() <= _BEFORE_VALUE
    return (named[-1].start(), span[1]) if near else span


def _without(text: str, spans: list[Span]) -> str:
    taken = {place for start, end in spans for place in range(start, end)}
    return "".join(" " if place in taken else one for place, one in enumerate(text))
