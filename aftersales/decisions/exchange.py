"""What an exchange is for and how many pieces go: colours and sizes of the catalogue, their stock and price (H23, H34)."""

from collections.abc import Mapping
from decimal import Decimal

from aftersales.decisions.api import Decision, Inputs, choices, decision
from aftersales.decisions.in_hand import sentence
from aftersales.decisions.return_case import ALL, sends_part, the_item, the_part, the_reason, wished
from aftersales.formatting import listed, yuan
from aftersales.order_system.port import OrderItem, Product, Variant
from aftersales.variants import bought, colour_named, dearer_by, size_named, variant_of

#: A size told by its distance from the one bought: sign in labels.yml (size_step) -> places up in the catalogue's sizes.
_STEP = {"up": 1, "down": -1}
_VALUES = ("wanted", "having", "options", "difference")


@decision(
    "exchange_target",
    outcomes=("same", "ask_size", "ask_colour", "not_offered", "out_of_stock", "nothing", "chosen", "dearer"),
    needs=("order", "item", "catalogue"),
    values=_VALUES,
    slots=("colour", "size", "pick"),
)
def exchange_target(inputs: Inputs) -> Decision:
    """Which colour and size the new one has. `same`: as bought; `dearer`: chosen, and the price differs; `not_offered`, `out_of_stock`: the wish is dropped and what
    there is is told; `nothing`: not a single one is left."""
    product, item = inputs.catalogue, the_item(inputs)
    if wished(inputs) != "exchange" or product is None or sends_part(inputs):
        return Decision("same", _told())
    before, offered = bought(product, item.spec), _in_stock(product)
    count = pieces(inputs, item)
    told = {name: str(inputs.slots[name]) for name in ("colour", "size") if inputs.slots.get(name)}
    if not offered and variant_of(product, *before).stock < count:
        return Decision("nothing", _told(having=_named(*before)))
    if not told:
        return Decision(_question(inputs, product, before, count), _told(options=_options(offered, before)))
    colour = colour_named(product, told.get("colour")) if "colour" in told else before[0]
    size = size_meant(inputs, product, told["size"], before[1]) if "size" in told else before[1]
    wanted = variant_of(product, colour, size)
    values = _told(
        wanted=_named(colour, size) or _named(told.get("colour"), told.get("size")),
        having=_named(*before),
        options=_options(offered, before),
        difference=_difference(inputs, dearer_by(product, before, wanted) * count),
    )
    if ("colour" in told and colour is None) or ("size" in told and size is None):
        values["wanted"] = _named(told.get("colour"), told.get("size"))
        return Decision("not_offered", values, slots=_again(told))
    if wanted.stock < count:
        return Decision("out_of_stock", values, slots=_again(told))
    named = {name: value for name, value in (("colour", colour), ("size", size)) if name in told}
    return Decision("dearer" if values["difference"] else "chosen", values, slots=named)


@decision(
    "how_many",
    outcomes=("all", "ask", "told", "too_many"),
    needs=("order", "item"),
    values=("bought",),
    slots=("quantity",),
)
def how_many(inputs: Inputs) -> Decision:
    """Is it clear how many pieces of the line are meant? `too_many`: more than were bought; asked again."""
    item, told = the_item(inputs), inputs.slots.get("quantity")
    values = {"bought": str(item.qty)}
    if item.qty == 1 or the_part(inputs):
        return Decision("all", values, slots={"quantity": None})
    if told is None:
        return Decision("ask", values)
    if told != ALL and not 1 <= int(told) <= item.qty:
        return Decision("too_many", values, slots={"quantity": None})
    return Decision("told", values)


@choices("exchange_sizes", needs=("order", "item", "catalogue"))
def exchange_sizes(inputs: Inputs) -> Mapping[str, str]:
    """Sizes of the bought colour that are in stock."""
    product = inputs.catalogue
    if product is None or inputs.order is None:
        return {}
    colour = (
        colour_named(product, str(inputs.slots.get("colour") or ""))
        or bought(product, the_item(inputs).spec)[0]
    )
    return {one: one for one in product.sizes if variant_of(product, colour, one).stock > 0}


@choices("exchange_colours", needs=("order", "item", "catalogue"))
def exchange_colours(inputs: Inputs) -> Mapping[str, str]:
    """Colours of the bought size that are in stock."""
    product = inputs.catalogue
    if product is None or inputs.order is None:
        return {}
    size = bought(product, the_item(inputs).spec)[1]
    return {one: one for one in product.colours if variant_of(product, one, size).stock > 0}


@choices("pieces", needs=("order", "item"))
def piece_choices(inputs: Inputs) -> Mapping[str, str]:
    """All pieces of the line, or fewer."""
    if inputs.order is None:
        return {}
    count = the_item(inputs).qty
    some = {
        str(one): sentence(inputs, "return_detail", "quantity", value=str(one))
        for one in range(1, min(count, 4))
    }
    return {ALL: sentence(inputs, "return_detail", "all", value=str(count)), **some}


def pieces(inputs: Inputs, item: OrderItem) -> int:
    """How many pieces are meant: the number told, else all of the line."""
    told = inputs.slots.get("quantity")
    return item.qty if told in (None, ALL) else int(str(told))


def _question(inputs: Inputs, product: Product, before: tuple[str | None, str | None], count: int) -> str:
    """What is asked where nothing was told: only where the reason is about it, or the same one is not left."""
    reason = the_reason(inputs)
    left = variant_of(product, *before).stock >= count
    pick = inputs.slots.get("pick")
    if left and not pick and not (reason is not None and reason.asks_target):
        return "same"
    if pick == "colour":
        return "ask_colour"
    if len(product.sizes) > 1:
        return "ask_size"
    return "ask_colour" if len(product.colours) > 1 else "same"


def _again(told: Mapping[str, str]) -> dict[str, str | None]:
    """What was told cannot be had: it is dropped, and that of the two which was told is asked for."""
    return {"colour": None, "size": None, "pick": "size" if "size" in told else "colour"}


def size_meant(inputs: Inputs, product: Product, told: str, before: str | None) -> str | None:
    """The catalogue's size that was told, by its name or by its distance from the one bought."""
    signs = {inputs.name("size_step", code): places for code, places in _STEP.items()}
    step = next((places for sign, places in signs.items() if told.startswith(sign)), None)
    if step is None:
        return size_named(product, told)
    if before not in product.sizes:
        return None
    twice = any(sign in told for sign in inputs.name("size_step", "two"))
    at = product.sizes.index(before) + step * (2 if twice else 1)
    return product.sizes[at] if 0 <= at < len(product.sizes) else None


def _in_stock(product: Product) -> list[Variant]:
    """Every colour and size that could be sent."""
    every = [
        variant_of(product, colour, size)
        for colour in product.colours or (None,)
        for size in product.sizes or (None,)
    ]
    return [one for one in every if one.stock >= 1]


def _options(offered: list[Variant], before: tuple[str | None, str | None]) -> str:
    """What there is: sizes of the bought colour, and colours of the bought size."""
    sizes = dict.fromkeys(one.size for one in offered if one.size and one.colour == before[0])
    colours = dict.fromkeys(one.colour for one in offered if one.colour and one.size == before[1])
    return listed(str(one) for one in [*sizes, *colours] if one not in before)


def in_stock(product: Product, before: tuple[str | None, str | None]) -> str:
    """What else there is, named: sizes of the bought colour, colours of the bought size."""
    return _options(_in_stock(product), before)


def _difference(inputs: Inputs, more: Decimal) -> str:
    if not more:
        return ""
    return sentence(inputs, "price_difference", "more" if more > 0 else "less", amount=yuan(abs(more)))


def _named(colour: str | None, size: str | None) -> str:
    return " ".join(one for one in (colour, size) if one)


def _told(**told: str) -> dict[str, str]:
    return {**dict.fromkeys(_VALUES, ""), **told}
