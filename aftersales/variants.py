"""The colours and sizes of a product: which one is meant, whether it is in stock, what it costs more or less (H20, H23)."""

import re
from decimal import Decimal

from aftersales.order_system.port import Product, Variant

#: The size in a name or a question: 42, XL, 1.8.
_STEP = re.compile(r"(?:\d?X{0,4}[SL]|M|\d{2}(?:\.5)?)(?:码)?")
_SIZE = re.compile(r"[0-9A-Za-z.]+")


def same_colour(asked: str, colour: str) -> bool:
    """黑色 is asked for and 曜石黑 is one: the colour's own sign decides."""
    return asked in colour or asked[:1] in colour


def fits_size(asked: str, size: str) -> bool:
    """L码 is L, 42 is 42码; blanks and case do not count."""
    one, other = _plain(asked), _plain(size)
    return bool(one) and (one == other or one.rstrip("码号") == other.rstrip("码号"))


def colour_named(product: Product, told: str | None) -> str | None:
    """The catalogue's name of a colour that was told: its own name first, then what sounds like it; None when there is none."""
    if not told:
        return None
    named = [one for one in product.colours if one == told]
    return next(iter([*named, *(one for one in product.colours if same_colour(told, one))]), None)


def size_named(product: Product, told: str | None) -> str | None:
    """The catalogue's name of a size that was told; None when there is none."""
    return next((one for one in product.sizes if told and fits_size(told, one)), None)


def bought(product: Product, spec: str) -> tuple[str | None, str | None]:
    """The colour and size that an order's line names in its `spec` (黑色 L); None where it names none of the catalogue."""
    words = spec.split()
    runs = ["".join(words[at:end]) for at in range(len(words)) for end in range(at + 1, len(words) + 1)]
    colour = next((one for one in product.colours if one in spec), None)
    size = next((one for one in product.sizes if any(fits_size(run, one) for run in runs)), None)  # 24 寸
    return colour, size


def sizes_named(words: str, product: Product) -> list[int]:
    """Places of the catalogue's sizes that a question names by their figure or letters (42和43差多少), smallest first."""
    said = {one.upper() for one in _SIZE.findall(words)}
    return [place for place, size in enumerate(product.sizes) if said & set(_SIZE.findall(size.upper()))]


def is_step(size: str) -> bool:
    """A size of clothes or shoes, which go up in steps (M, 42); 128G, 3L are versions."""
    return _STEP.fullmatch(size) is not None


def variant_of(product: Product, colour: str | None, size: str | None) -> Variant:
    """That colour and size with its stock and price; what the catalogue does not list apart has the product's own."""
    listed = next((one for one in product.variants if (one.colour, one.size) == (colour, size)), None)
    if listed is None:
        return Variant(colour, size, product.stock, product.price)
    return Variant(colour, size, listed.stock, listed.price if listed.price is not None else product.price)


def dearer_by(product: Product, before: tuple[str | None, str | None], wanted: Variant) -> Decimal:
    """What one piece of `wanted` costs more than the colour and size bought, by today's catalogue; negative: less."""
    own = variant_of(product, *before)
    return (wanted.price or product.price) - (own.price or product.price)


def spec_with(spec: str, before: tuple[str | None, str | None], wanted: Variant) -> str:
    """The line's `spec` with its colour and size replaced, whatever else it says kept."""
    words = spec
    for old, new in zip(before, (wanted.colour, wanted.size), strict=True):
        if new is None or new == old:
            continue
        named = next((one for one in words.split() if old and (one == old or fits_size(one, old))), None)
        named = named or (old if old and old in words else None)  # 1.8 米床
        words = words.replace(named, new, 1) if named else f"{words} {new}".strip()
    return words


def _plain(size: str) -> str:
    return "".join(size.split()).upper()
