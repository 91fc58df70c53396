"""How old somebody is, in what a customer says: 他才10岁, 十二岁的孩子."""

import re

_AGE = re.compile(r"(\d{1,2}|[一二三四五六七八九十]{1,3})\s*岁")


def age_told(text: str) -> str:
    """The first age in the text, as it was told (10岁); empty where none is."""
    found = _AGE.search(text)
    return f"{found[1]}岁" if found else ""
