"""What a sentence carries that identifies someone or something: order numbers, phone tails, e-mails, tracking numbers.

The model's entities are used when they are there; the patterns here make sure that a number which decides about
verification (H6) is never lost to a weak model.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_SPACED_ORDER_NO = re.compile(r"(?<!\d)(\d{4})[ -](\d{4})[ -](\d{4})(?!\d)")
_ORDER_NO = re.compile(r"(?<!\d)(?!1[3-9]\d{9}(?!\d))\d{10,24}(?!\d)")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_TAIL = re.compile(r"(?<![\d.:/-])\d{4}(?![\d.:/-]|\s*[年月日号元块度瓦个])")
_SPOKEN_DIGITS = str.maketrans("零〇一二三四五六七八九幺两", "0012345678912")
_SPOKEN_TAIL = re.compile(r"[零〇一二三四五六七八九幺两]{4}(?![零〇一二三四五六七八九幺两])")
_FILLER = re.compile(
    r"我的|订单号?码?|单号|是|的|手机号?码?|电话|号码|尾号|后四位|后4位|邮箱|这个|那个|亲|你好|您好|在吗|喏|给你|呢|啊|吧|[\W_]"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """Identifying parts of one message; None where it has none."""

    order_no: str | None = None
    phone: str | None = None
    tail: str | None = None
    email: str | None = None
    rest: str = ""  # what is left of the sentence without numbers and filler words

    @property
    def proof(self) -> str | None:
        """The best thing to verify with: full phone, e-mail, then the last four digits."""
        return self.phone or self.email or self.tail

    @property
    def only_numbers(self) -> bool:
        """True when the message is nothing but such numbers (a bare order number, an answer to our question)."""
        return bool(self.order_no or self.proof) and len(self.rest) <= 2


def plain(text: str) -> str:
    """Full-width forms folded, so that １２３４ is 1234."""
    return unicodedata.normalize("NFKC", text)


def _entity(entities: Iterable[Mapping[str, Any]], name: str) -> str | None:
    return next(
        (str(one["value"]) for one in entities if one.get("entity") == name and one.get("value")), None
    )


def hear(text: str, entities: Iterable[Mapping[str, Any]] = ()) -> Heard:
    """Find the identifying parts of one customer message."""
    known = list(entities)
    rest = _SPACED_ORDER_NO.sub(r"\1\2\3", plain(text))
    email, rest = _take(_EMAIL, rest)
    phone, rest = _take(_PHONE, rest)
    order_no, rest = _take(_ORDER_NO, rest)
    tail, rest = _take(_TAIL, rest)
    if tail is None and (order_no or len(rest) <= 12):
        spoken, rest = _take(_SPOKEN_TAIL, rest)
        tail = spoken.translate(_SPOKEN_DIGITS) if spoken else None
    return Heard(
        order_no=order_no or _entity(known, "order_no"),
        phone=re.sub(r"\D", "", phone) if phone else None,
        tail=tail or _entity(known, "phone_tail"),
        email=email.lower() if email else None,
        rest=_FILLER.sub("", rest),
    )


def _take(pattern: re.Pattern[str], text: str) -> tuple[str | None, str]:
    found = pattern.search(text)
    if not found:
        return None, text
    return found.group(), text[: found.start()] + " " + text[found.end() :]
