"""What a customer typed into an address, an invoice or a note, before it is written anywhere (messages are for the customer)."""

import re
import unicodedata

from aftersales.order_system.port import InvoiceDraft, Refused

_EMAIL = re.compile(r"[^\s@]{1,64}@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+")
#: More of one thing in an order is a bulk purchase, which people handle.
_MOST_PIECES = 99
_TAX_NO = re.compile(r"[0-9A-Z]{15}|[0-9A-Z]{17,18}|[0-9A-Z]{20}")


def clean(text: str) -> str:
    """One line of visible characters."""
    visible = "".join(one if one.isprintable() else " " for one in unicodedata.normalize("NFC", text))
    return re.sub(r"\s+", " ", visible).strip()


def check_address(address: str) -> str:
    """A delivery address of 8 to 200 characters that has a place in it; Refused(invalid) otherwise."""
    value = clean(address)
    if not 8 <= len(value) <= 200 or not re.search(r"[省市区县州镇乡街路道巷村号栋楼室]", value):
        raise Refused("invalid", "地址看起来不完整，请写清省市区、街道和门牌号。")
    return value


def check_name(name: str) -> str:
    value = clean(name)
    if not 1 <= len(value) <= 30:
        raise Refused("invalid", "收货人姓名请控制在 30 个字以内。")
    return value


def check_phone(phone: str) -> str:
    value = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", phone)).removeprefix("+86")
    if not re.fullmatch(r"1[3-9][0-9]{9}", value):
        raise Refused("invalid", "手机号应该是 11 位数字，麻烦再核对一下。")
    return value


def check_invoice(draft: InvoiceDraft) -> InvoiceDraft:
    """Title, tax number of a company and e-mail; Refused(invalid) names what is wrong."""
    title = clean(draft.title)
    if not 1 <= len(title) <= 100:
        raise Refused("invalid", "发票抬头请写个人姓名或公司全称，100 个字以内。")
    tax_no = re.sub(r"\s", "", unicodedata.normalize("NFKC", draft.tax_no)).upper() if draft.tax_no else None
    if draft.kind == "company" and not tax_no:
        raise Refused("invalid", "公司抬头还需要纳税人识别号。")
    if tax_no and not _TAX_NO.fullmatch(tax_no):
        raise Refused("invalid", "税号一般是 18 位数字或大写字母，麻烦再核对一下。")
    email = unicodedata.normalize("NFKC", draft.email).strip() if draft.email else None
    if email and not _EMAIL.fullmatch(email):
        raise Refused("invalid", "邮箱地址好像不对，麻烦再核对一下。")
    return InvoiceDraft(draft.order_no, draft.kind, title, email=email, tax_no=tax_no)


def check_quantity(quantity: int, most: int | None = None) -> int:
    """A number of pieces from 1 to `most` (of the line), or to 99; Refused(invalid) otherwise."""
    if quantity < 1 or quantity > (most or _MOST_PIECES):
        told = f"这件商品一共买了 {most} 件" if most else f"一次最多 {_MOST_PIECES} 件"
        raise Refused("invalid", f"数量要在 1 件以上，{told}，麻烦再核对一下。")
    return quantity


def check_note(text: str, *, most: int = 4000) -> str:
    """Free text, lines kept, at most `most` characters (cut, not refused)."""
    kept = "".join(one for one in text if one == "\n" or one.isprintable()).strip()
    return kept[:most]
