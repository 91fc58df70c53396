"""What a customer typed to prove an order is theirs: four digits, a phone number or an e-mail (H6)."""

import hmac
import re
import unicodedata
from dataclasses import dataclass

from aftersales.order_system.port import VerifyMethod


@dataclass(frozen=True, slots=True)
class Proof:
    method: VerifyMethod
    value: str


def plain(text: str) -> str:
    """Full-width to half-width, no blanks or invisible characters: how numbers are compared."""
    visible = "".join(one for one in unicodedata.normalize("NFKC", text) if one.isprintable())
    return re.sub(r"\s", "", visible)


def read_proof(text: str) -> Proof | None:
    """None when it is none of the three forms (such an attempt is simply wrong)."""
    value = plain(text)
    if "@" in value:
        value = "".join(one for one in unicodedata.normalize("NFKC", text) if one.isprintable()).strip()
        return Proof("order_email", value.casefold())
    value = value.replace("-", "")
    value = value.removeprefix("+86") if value.startswith("+") else value
    if re.fullmatch(r"[0-9]{4}|1[0-9]{10}", value):
        return Proof("order_phone", value)
    return None


def fits(proof: Proof | None, phone: str, email: str | None) -> bool:
    """Does the proof belong to an order with that phone and e-mail?"""
    if proof is None:
        return False
    if proof.method == "order_email":
        return bool(email) and _same(proof.value, (email or "").strip().casefold())
    return _same(proof.value, phone[-4:] if len(proof.value) == 4 else phone)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
