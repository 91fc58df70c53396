"""Traditional to simplified characters, by OpenCC, one output character per input character."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import lru_cache

logger = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def _converter() -> Callable[[str], str] | None:
    try:
        from opencc import OpenCC
    except ImportError:  # only where the bot does not run: data checks and unit tests on Python 3.11
        logger.warning("OpenCC is not installed: traditional characters stay as they are")
        return None
    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert


_HALF = re.compile("[\ud800-\udfff]")


def _whole(text: str) -> str:
    """Half of a surrogate pair, which JSON can carry and UTF-8 (so OpenCC) cannot, becomes U+FFFD."""
    return _HALF.sub("\ufffd", text)


def simplified(text: str) -> str:
    """The text in simplified characters, with the same length, so that positions stay true."""
    convert = _converter()
    if convert is None or text.isascii():
        return text
    text = _whole(text)
    converted = convert(text)
    if len(converted) == len(text):
        return converted
    # A phrase rule changed the length (rare): characters one by one never do.
    return "".join(c if len(s := convert(c)) != 1 else s for c in text)
