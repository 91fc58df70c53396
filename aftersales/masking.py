"""Hide contact data (H7): single fields for cards and records, and whatever looks like it in free text and logs.

Masking is done again and again on the way to a screen, so every function gives its own result back unchanged.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

#: 江苏省南京市…, 北京市…, 新疆维吾尔自治区伊犁哈萨克自治州…, 香港特别行政区…
_TO_CITY = re.compile(
    r"\s*(?:中国)?(?:[^\s省市区]{2,3}省\s*|[^\s省市]{2,6}自治区\s*|(?:香港|澳门)特别行政区\s*)?"
    r"(?:[^\s省市区州县*]{2,9}(?:自治州|州|地区|盟|市))?"
)
_EMAIL = re.compile(r"([A-Za-z0-9])[A-Za-z0-9._%+\-]*@([A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+)")
_ID_CARD = re.compile(
    r"(?<![0-9])([1-9][0-9]{2})[0-9]{3}[ \-]?(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[ \-]?"
    r"([0-9]{3}[0-9Xx])(?![0-9])"
)
_CARD = re.compile(
    r"(?<![0-9])([0-9]{4})((?:[ \-]?[0-9]{4}){2})(?:[ \-]?([0-9]{4}))(?:[ \-]?([0-9]{1,3}))?(?![0-9])"
)
_MOBILE = re.compile(r"(?<![0-9])(1[3-9][0-9])[ \-]?[0-9]{4}[ \-]?([0-9]{4})(?![0-9])")
_MOBILE_86 = re.compile(r"(?<![0-9])(86)[ \-]?(1[3-9][0-9])[ \-]?[0-9]{4}[ \-]?([0-9]{4})(?![0-9])")
_LANDLINE = re.compile(r"(?<![0-9])(0[0-9]{2,3})[ \-)）]{1,2}[0-9]{3,4}([0-9]{4})(?![0-9])")
_SIGNS = {"＠": "@", "．": ".", "－": "-", "　": " ", "＋": "+"}


def mask_phone(phone: str | None) -> str | None:
    """13812345678 → 138****5678. Anything else keeps its last two characters at most."""
    if not phone:
        return None
    text = mask_text(phone)
    if text != phone or "*" in phone:
        return text
    return "****" + phone[-2:] if len(phone) > 4 else "****"


def mask_name(name: str | None) -> str | None:
    """王小明 → 王*, whatever the length."""
    name = (name or "").strip()
    return f"{name[0]}*" if name else None


def mask_email(email: str | None) -> str | None:
    """wang@example.com → w***@example.com. Anything without an @ becomes ***."""
    if not email:
        return None
    local, at, host = email.strip().rpartition("@")
    return f"{local[0]}***@{host}" if at and local else "***"


def contact_of(customer: Mapping[str, Any]) -> str | None:
    """Where the customer can be reached: the number told for it, the verified phone, the e-mail."""
    return next((str(one) for name in ("contact", "phone", "email") if (one := customer.get(name))), None)


def masked_contact(customer: Mapping[str, Any]) -> str | None:
    """The same, masked."""
    told = customer.get("contact") or customer.get("phone")
    return mask_phone(told) or mask_email(customer.get("email"))


def mask_address(address: str | None) -> str | None:
    """江苏省南京市玄武区… → 江苏省南京市***; without a city in it, ***."""
    if not address or not address.strip():
        return None
    found = _TO_CITY.match(address.strip())
    return (found.group(0).strip() if found else "") + "***"


def mask_text(text: str) -> str:
    """Mask phones, e-mails, ID cards and bank cards inside free text; the rest stays character for character.

    Digits of any script and full-width signs count. Order numbers (12 digits), request numbers and tracking numbers
    stay readable, because an agent needs them: long numbers are masked as cards only with a right check digit.
    """
    text = _replace(text, _EMAIL, lambda m: f"{m[1]}***@{m[2]}")
    text = _replace(text, _ID_CARD, lambda m: f"{m[1]}***********{m[2]}")
    text = _replace(text, _CARD, _card)
    text = _replace(text, _MOBILE_86, lambda m: f"{m[1]} {m[2]}****{m[3]}")
    text = _replace(text, _MOBILE, lambda m: f"{m[1]}****{m[2]}")
    return _replace(text, _LANDLINE, lambda m: f"{m[1]}-****{m[2]}")


def phones_in(text: str) -> list[str]:
    """The mobile and landline numbers that `mask_text` hides, as one would dial them, in the order of the text."""
    plain = _plain(text)
    cards = [found.span() for pattern in (_ID_CARD, _CARD) for found in pattern.finditer(plain)]
    found = [(one.span(), re.sub(r"[^0-9]", "", one[0])) for one in _MOBILE.finditer(plain)]
    found += [(one.span(), re.sub(r"[^0-9]", "", one[0])[2:]) for one in _MOBILE_86.finditer(plain)]
    found += [(one.span(), re.sub(r"[^0-9]+", "-", one[0])) for one in _LANDLINE.finditer(plain)]
    clear = [one for one in found if not any(start < one[0][1] and one[0][0] < end for start, end in cards)]
    return list(dict.fromkeys(number for _, number in sorted(clear)))


def _card(found: re.Match[str]) -> str:
    digits = re.sub(r"[^0-9]", "", found[0])
    return f"{digits[:4]}********{digits[-4:]}" if _luhn(digits) else found[0]


def _luhn(digits: str) -> bool:
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if at % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _plain(text: str) -> str:
    """The same text with ASCII digits and signs; as long as the original, so positions agree."""
    return "".join(_digit(one) if one.isdecimal() else _SIGNS.get(one, one) for one in text)


def _digit(char: str) -> str:
    return str(int(char))


def _replace(text: str, pattern: re.Pattern[str], by: Callable[[re.Match[str]], str]) -> str:
    """Replace matches found in the plain form, leaving everything around them as it was."""
    parts: list[str] = []
    end = 0
    for found in pattern.finditer(_plain(text)):
        shown = by(found)
        if shown == found[0]:
            continue
        parts += [text[end : found.start()], shown]
        end = found.end()
    return "".join([*parts, text[end:]])
