"""The strict form of an HTTP/1 head (RFC 9112): what two servers in a row could read differently is refused.

Sanic splits each line at its first colon and keeps whatever stands around it: `Transfer-Encoding : chunked` would be a
header of another name, and the body behind it the next request.
"""

import re

# printable request line; then lines of a token, a colon at once, and a value without control characters
_HEAD = re.compile(
    rb"[!-~]+ [!-~]+ HTTP/1\.[01]"
    rb"(?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*)*"
)
_NUMBERS = {10: re.compile(r"[0-9]{1,18}"), 16: re.compile(r"[0-9A-Fa-f]{1,15}")}


def is_strict_head(head: bytes) -> bool:
    """Whether `head` (without its final empty line) can be read in one way only."""
    return _HEAD.fullmatch(head) is not None


def strict_int(value: str, base: int) -> int:
    """A length (base 10) or the size of a chunk (base 16); ValueError for anything but ASCII digits.

    int() itself takes digits of all scripts, signs, blanks, 0x and underscores.
    """
    text = value.strip(" \t") if base == 10 else value
    if _NUMBERS[base].fullmatch(text) is None:
        raise ValueError("not a plain number")
    return int(text, base)
