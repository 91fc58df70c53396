"""Questions before buying, answered from the catalogue; what is not in it goes to a product expert (H34)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from aftersales.catalogue import clause_about, named_in, names_one
from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.goods_facts import listing_facts, of_topic, told_alone
from aftersales.decisions.in_hand import sentence
from aftersales.formatting import listed, yuan
from aftersales.order_system.port import Product, Variant
from aftersales.size_advice import (
    body_of,
    foot_of,
    foot_rows,
    nearest,
    read_advice,
    read_body,
    rest_of_advice,
    size_for_foot,
    usual_size,
)
from aftersales.variants import fits_size, same_colour, sizes_named, variant_of

#: So many products are told in place of what is not sold; the end of a name that makes goods of one sort (耳机).
_MOST_NEAR, _TAIL = 4, 2
#: What is told by its name where it alone is asked for, not with the whole listing.
_OF_FACTS = frozenset({"warmth", "filling"})
_STOCK_VALUES = ("goods", "colour", "colours", "size", "sizes", "hours", "wanted")
_SPEC_VALUES = (
    "name",
    "value",
    "colour",
    "colours",
    "sizes",
    "advice",
    "spec",
    "material",
    "price",
    "warranty",
    "usage",
    "known",
    "lacking",
)


@decision(
    "product_spec",
    outcomes=(
        "compared",
        "same",
        "several",
        "several_partly",
        "fact",
        "told",
        "colour_yes",
        "colour_no",
        "colours",
        "sizes",
        "advice",
        "spec",
        "particular",
        "unknown",
    ),
    needs=("product", "products"),
    values=("goods", "products", "names", "row", *_SPEC_VALUES),
)
def product_spec(inputs: Inputs) -> Decision:
    """The facts of the catalogue that the question names, else a colour or size it asks for, else what the listing says.
    `compared`: two products were named, both are told; `same`: two names of one product. `several`: two things or more are asked at once, each is told; `several_partly`:
    the catalogue does not say all of them. `told`: the part of the listing that holds what is asked (能进洗碗机吗). `particular`: one thing is asked (能不能放烤纸) that the catalogue does not
    name: the listing may or may not hold it. `unknown`: the catalogue does not say."""
    product, aspect = inputs.product, inputs.slots.get("aspect")
    if len(several := _named(inputs)) > 1:
        return Decision(
            "compared", _values(None) | {"products": "\n".join(_row(inputs, one) for one in several)}
        )
    if several and (names := _names_of_one(inputs)):
        return Decision(
            "same", _values(several[0]) | {"names": listed(names), "row": _row(inputs, several[0])}
        )
    if product is None:
        return Decision("unknown", _values(None))
    values = _values(product)
    if inputs.topics:
        told, lacking = _several(inputs, product)
        if told and len(told) + len(lacking) > 1:
            found = {"known": "，".join(told), "lacking": listed(lacking)}
            return Decision("several_partly" if lacking else "several", values | found)
        if told and inputs.topics[0] in _OF_FACTS:
            name, _, value = told[0].partition(" ")
            return Decision("fact", values | {"name": name, "value": value})
        if value := told_alone(inputs, product):
            return Decision("told", values | {"value": value})
    if facts := _facts(product, inputs.words):
        return Decision("fact", values | {"name": listed(facts), "value": listed(facts.values())})
    if product.colours and aspect != "unlisted" and (inputs.slots.get("colour") or aspect == "colour"):
        outcome, found = _colours(inputs, product)
        return Decision(outcome, values | found)
    if aspect == "size" and product.sizes:
        return Decision("sizes", values)
    if aspect == "size" and product.size_advice:
        return Decision("advice", values)
    if aspect in {"particular", "unlisted"} and (clause := clause_about(product, inputs.words)):
        return Decision("told", values | {"value": clause})
    return Decision({"unlisted": "unknown", "particular": "particular"}.get(str(aspect), "spec"), values)


_SIZE_VALUES = (
    *("goods", "sizes", "advice", "spec", "size", "height", "others", "base", "larger", "because"),
    *("lead", "days", "range"),
)


@decision(
    "product_size",
    outcomes=(
        *("larger", "suits", "fits", "between", "near", "beyond", "sizes", "sizes_again", "sizes_foot"),
        *("no_sizes", "unknown"),
    ),
    needs=("product",),
    values=_SIZE_VALUES,
)
def product_size(inputs: Inputs) -> Decision:
    """Which sizes there are and who wears which; `no_sizes`: goods without any. `fits`: the one for the height (and weight, where
    the advice goes by it) that was told; `between`: two of them meet there; `near`: a little beside the table, the next one; `beyond`: the advice ends
    before it. `larger`: something that was told (里头还要穿毛衣, 脚有点宽) makes it one size more, as the advice says. `suits`: by what is usually worn
    and by the weight, told now or before, with what that means for the sizes asked about, or by the length of the foot; `sizes_again`, `sizes_foot`: the table was told, and nothing
    of the body or the foot that it goes by."""
    product = inputs.product
    values = dict.fromkeys(_SIZE_VALUES, "")
    if product is None:
        return Decision("unknown", values)
    values |= {
        "goods": product.name,
        "sizes": listed(product.sizes),
        "advice": product.size_advice,
        "spec": product.size_advice or product.spec or product.material,
    }
    if not product.sizes:
        return Decision("no_sizes", values)
    values["days"] = str(inputs.policy.returns.no_reason.window_days)
    found = _for_body(inputs, product, values)
    again = "sizes_foot" if foot_rows(product.facts.values()) else "sizes_again"
    found = found or Decision(again if inputs.told_before else "sizes", values)
    by_foot = _by_foot(inputs, product, values)
    return by_foot or _larger(inputs, product, found) or _suits(inputs, product, found) or found


def _by_foot(inputs: Inputs, product: Product, values: Mapping[str, str]) -> Decision | None:
    """The smallest size that the foot goes into; None where no foot was told, or the catalogue has no size for it."""
    foot = foot_of(inputs.said or (inputs.words,))
    found = size_for_foot(foot_rows(product.facts.values()), foot, product.sizes)
    if foot is None or found is None:
        return None
    size, length = found
    more, at = _reason_for_more(inputs, product), product.sizes.index(size) + 1
    if more and at < len(product.sizes):
        base = sentence(inputs, "size_advice", "by_foot", foot=f"{foot / 10:g}", size=size)
        told = {"size": size, "base": base, "larger": product.sizes[at], "because": more, "others": ""}
        return Decision("larger", {**values, **told})
    because = sentence(inputs, "size_suits", "foot", foot=f"{foot / 10:g}", length=str(length), size=size)
    return Decision("suits", {**values, "size": size, "because": because})


def _suits(inputs: Inputs, product: Product, found: Decision) -> Decision | None:
    """The size by what is usually worn, the weight and the shape that were told; None where none of it was, or the height decides alone."""
    sizes = product.sizes
    now = usual_size(inputs.words, sizes)
    usual = next((size for one in reversed(inputs.said) if (size := usual_size(one, sizes))), "")
    round_told = any(names_one(one, inputs.name("size_round", "words")) for one in inputs.said)
    body = body_of(inputs.said)
    own = found.values["size"].split("、")[-1] if found.outcome in {"fits", "between", "near"} else ""
    by_weight = any(one.weight is not None for one in read_advice(product.size_advice))
    steps = 0 if by_weight else max(body.steps_up, int(round_told))
    asked = [one for at, one in enumerate(sizes) if at in sizes_named(inputs.words, product) and one != now]
    if not (usual or own) or not (usual or steps or (own and asked)):
        return None
    place = min(sizes.index(own) + steps, len(sizes) - 1) if own in sizes else -1
    reasons = []
    if usual and sizes.index(usual) >= place:
        place = sizes.index(usual)
        reasons = [sentence(inputs, "size_suits", "usual", size=usual)]
    elif own in sizes:
        reasons = [sentence(inputs, "size_suits", "height", height=found.values["height"], size=own)]
        if place > sizes.index(own):
            reasons.append(inputs.name("size_suits", "weight" if body.steps_up else "round"))
    size = sizes[place]
    told = bool(body.weight) and not by_weight
    return Decision(
        "suits",
        {
            **found.values,
            "size": size,
            "lead": _lead(inputs, sizes, asked, place),
            "because": "，".join(reasons),
            "others": sentence(inputs, "size_advice", "no_weight") if told else "",
        },
    )


def _lead(inputs: Inputs, sizes: Sequence[str], asked: Sequence[str], place: int) -> str:
    """What the chosen size means for the one that was asked about (S 会不会紧, 拿L吧); empty where it is not one."""
    if len(asked) != 1:
        return ""
    at = sizes.index(asked[0])
    doubted = names_one(inputs.words, inputs.name("size_round", "doubts"))  # 那M会不会小
    code = "tight" if at < place else "loose" if at > place else "fits" if doubted else "right"
    return sentence(inputs, "size_lead", code, size=asked[0])


def _for_body(inputs: Inputs, product: Product, values: dict[str, str]) -> Decision | None:
    """The size for the body that was told; None where none was, or the catalogue's advice goes by no height."""
    rows, body = read_advice(product.size_advice), body_of(inputs.said or (inputs.words,))
    if not rows or body.height is None:
        return None
    fitting = [one for one in rows if one.fits(body)]
    values |= {"height": f"{body.height:g}", "size": "、".join(one.size for one in fitting)}
    by_weight = any(one.weight is not None for one in rows)
    more = [sentence(inputs, "size_advice", "no_weight")] if body.weight is not None and not by_weight else []
    rest = rest_of_advice(product.size_advice)
    values["others"] = "".join([*more, f"{rest}。" if rest else ""])
    if not fitting:
        near = nearest(rows, body.height, product.sizes)
        return Decision("near" if near else "beyond", values | {"size": near})
    return Decision("fits" if len(fitting) == 1 else "between", values)


def _larger(inputs: Inputs, product: Product, found: Decision) -> Decision | None:
    """One size more, where the advice says so for what was told; None where nothing of it was, or no size is known yet."""
    because = _reason_for_more(inputs, product)
    by_height = found.outcome in {"fits", "between", "near"}
    named = [product.sizes[at] for at in sizes_named(inputs.words, product)]
    size = found.values["size"].split("、")[-1] if by_height else named[0] if len(named) == 1 else ""
    if not because or size not in product.sizes:
        return None
    at = product.sizes.index(size) + (
        found.outcome != "between"
    )  # of two that fit the larger one is one more already
    if at >= len(product.sizes):
        return None
    told = {"height": found.values["height"], "size": found.values["size"] or size}
    base = sentence(inputs, "size_advice", "by_height" if by_height else "by_size", **told)
    more = (
        sentence(inputs, "size_advice", "no_weight") if by_height and read_body(inputs.words).weight else ""
    )
    values = {**found.values, "base": base, "larger": product.sizes[at], "because": because, "others": more}
    return Decision("larger", values)


def _reason_for_more(inputs: Inputs, product: Product) -> str:
    """What of the advice's own reasons for a larger size the words tell (labels.yml, size_up); empty where none."""
    rest = rest_of_advice(product.size_advice)
    reasons = inputs.labels.get("size_up", {})
    return next((one for one, said in reasons.items() if one in rest and names_one(inputs.words, said)), "")


@decision(
    "product_capacity",
    outcomes=("advice", "facts", "unlisted", "unknown"),
    needs=("product", "products"),
    values=("goods", "sizes", "advice", "facts"),
)
def product_capacity(inputs: Inputs) -> Decision:
    """How big it is and for how many: the catalogue's own advice, else its facts; `unlisted`: the catalogue says nothing of
    these goods; `unknown`: no goods are known."""
    product = next(iter(_named(inputs)), inputs.product)
    if product is None:
        return Decision("unknown", dict.fromkeys(("goods", "sizes", "advice", "facts"), ""))
    values = {
        "goods": product.name,
        "sizes": listed(product.sizes),
        "advice": product.size_advice,
        "facts": listed(f"{name} {value}" for name, value in listing_facts(inputs, product).items()),
    }
    return Decision("advice" if product.size_advice else "facts" if values["facts"] else "unlisted", values)


@decision(
    "product_colours",
    outcomes=("not_asked", "colour_yes", "colour_no", "colours"),
    needs=("product",),
    values=("goods", "colour", "colours"),
)
def product_colours(inputs: Inputs) -> Decision:
    """A colour asked for beside something else: whether it comes in that one, else which there are."""
    product = inputs.product
    asked = inputs.slots.get("colour") or inputs.slots.get("aspect") == "colour"
    if product is None or not product.colours or not asked:
        return Decision("not_asked", dict.fromkeys(("goods", "colour", "colours"), ""))
    outcome, values = _colours(inputs, product)
    return Decision(outcome, {"goods": product.name, **values})


@decision(
    "product_stock",
    outcomes=(
        *("in_stock", "in_stock_colours", "out_of_stock", "colour_no", "size_no", "unknown"),
        *("variant_in", "variant_out"),
    ),
    needs=("product",),
    values=_STOCK_VALUES,
)
def product_stock(inputs: Inputs) -> Decision:
    """Is it in stock, in the colour and size asked for? `variant_in`, `variant_out`: in just that one, or not."""
    product, size = inputs.product, str(inputs.slots.get("size") or "")
    if product is None:
        return Decision("unknown", dict.fromkeys(_STOCK_VALUES, ""))
    outcome, colours = _colours(inputs, product)
    values = {
        "goods": product.name,
        **colours,
        "size": size,
        "sizes": listed(product.sizes),
        "hours": str(product.dispatch_hours),
        "wanted": "",
    }
    if product.stock <= 0:
        return Decision("out_of_stock", values)
    if product.colours and outcome == "colour_no":
        return Decision("colour_no", values)
    if size and product.sizes and not _fits(size, product.sizes):
        return Decision("size_no", values)
    if (asked := _variants_asked(inputs, product)) is not None:
        left = [one for one in asked if one.stock > 0]
        told = listed(dict.fromkeys(" ".join(filter(None, (one.colour, one.size))) for one in left or asked))
        return Decision("variant_in" if left else "variant_out", values | {"wanted": told})
    return Decision("in_stock_colours" if product.colours else "in_stock", values)


def _variants_asked(inputs: Inputs, product: Product) -> list[Variant] | None:
    """The colours and sizes that the question is about, with their own stock; None where it names neither."""
    colour, size = str(inputs.slots.get("colour") or ""), str(inputs.slots.get("size") or "")
    if not (colour and product.colours) and not (size and product.sizes):
        return None
    colours: list[str | None] = [one for one in product.colours if not colour or same_colour(colour, one)]
    sizes: list[str | None] = [one for one in product.sizes if not size or fits_size(size, one)]
    return [variant_of(product, one, two) for one in colours or [None] for two in sizes or [None]]


@decision(
    "product_authentic", outcomes=("known", "unknown"), needs=("product",), values=("goods", "warranty")
)
def product_authentic(inputs: Inputs) -> Decision:
    """Is it genuine? The warranty stands for it."""
    product = inputs.product
    if product is None:
        return Decision("unknown", {"goods": "", "warranty": ""})
    return Decision("known", {"goods": product.name, "warranty": str(product.warranty_days)})


@decision(
    "compare_named",
    outcomes=("two", "same", "which"),
    needs=("products",),
    values=("products", "names", "row"),
)
def compare_named(inputs: Inputs) -> Decision:
    """Two or more products of the catalogue that the words name, each with what is asked of it; `same`: two names of one product;
    `which`: they are not named."""
    several = _named(inputs)
    found = "\n".join(_row(inputs, one) for one in several)
    values = {"products": found, "names": listed(_names_of_one(inputs)), "row": found}
    if len(several) > 1:
        return Decision("two", values)
    return Decision("same" if values["names"] else "which", values)


@decision(
    "recommend",
    outcomes=("compared", "same", "only", "found", "unknown"),
    needs=("products",),
    values=("products", "names", "row", "goods", "price", "fits", "spec"),
    slots=("product",),
)
def recommend(inputs: Inputs) -> Decision:
    """The catalogue entries that fit the words; `compared`: those that are named, where it is which of them; `same`: two names
    of one product; `only`: there is just one, and whether it is within the sum that was named."""
    several = _named(inputs)
    values = dict.fromkeys(("products", "names", "row", "goods", "price", "fits", "spec"), "")
    if len(several) > 1:
        return Decision("compared", values | {"products": "\n".join(_row(inputs, one) for one in several)})
    if several and (names := _names_of_one(inputs)):
        values |= {"names": listed(names), "row": _row(inputs, several[0])}
        return Decision("same", values, slots={"product": several[0].sku})
    if len(inputs.products) == 1:
        product = inputs.products[0]
        facts = [f"{name} {value}" for name, value in listing_facts(inputs, product).items()]
        values |= {
            "goods": product.name,
            "price": yuan(product.price),
            "fits": _fits_budget(inputs, product),
            "spec": "，".join([_plain(product.spec), *facts]),
        }
        return Decision("only", values, slots={"product": product.sku})
    named = listed(_priced(one) for one in inputs.products)
    return Decision("found" if named else "unknown", values | {"products": named})


@decision(
    "not_sold",
    outcomes=("near", "others", "none"),
    needs=("all_products",),
    values=("goods", "products"),
    slots=("product",),
)
def not_sold(inputs: Inputs) -> Decision:
    """Goods that the catalogue does not have (slot `wanted`): what there is of the same kind (slot `sort`), what shares most of
    the name first; `others`: nothing of that kind, what else there is; `none`: the catalogue tells nothing."""
    wanted, sort = str(inputs.slots.get("wanted") or ""), inputs.slots.get("sort")
    near = [one for one in inputs.all_products if one.kind == sort and one.stock > 0]
    named = [one for one in near if any(name[-_TAIL:] in wanted for name in (one.name, *one.aliases))]
    shown = named or near or [one for one in inputs.all_products if one.stock > 0]
    values = {"goods": wanted, "products": listed(_priced(one) for one in shown[:_MOST_NEAR])}
    only = {"product": shown[0].sku} if len(named or near) == 1 else {}
    return Decision("near" if near else "others" if shown else "none", values, slots=only)


def _priced(product: Product) -> str:
    return f"{product.name}（{yuan(product.price)}）"


def _fits_budget(inputs: Inputs, product: Product) -> str:
    """Half a sentence on the sum that was named; empty where none was."""
    if not inputs.amounts:
        return ""
    budget = Decimal(inputs.amounts[0])
    fits = "inside" if product.price <= budget else "over"
    return sentence(inputs, "budget", fits, budget=f"{budget:f}")


def _names_of_one(inputs: Inputs) -> list[str]:
    """降噪耳机和蓝牙耳机: the different names by which the words call one and the same product; empty for one name only."""
    words = inputs.words.casefold()
    for product in _named(inputs):
        found = [one for one in (product.name, *product.aliases) if one.casefold() in words]
        apart = [one for one in found if not any(one != two and one in two for two in found)]
        if len(apart) > 1:
            return sorted(apart, key=lambda one: words.find(one.casefold()))
    return []


def _values(product: Product | None) -> dict[str, str]:
    values = dict.fromkeys(("goods", "products", "names", "row", *_SPEC_VALUES), "")
    if product is None:
        return values
    return values | {
        "goods": product.name,
        "colours": listed(product.colours),
        "sizes": listed(product.sizes),
        "advice": product.size_advice,
        "spec": _plain(product.spec),
        "material": _plain(product.material),
        "price": yuan(product.price),
        "warranty": str(product.warranty_days),
        "usage": _plain(product.usage),
    }


def _named(inputs: Inputs) -> list[Product]:
    return named_in(inputs.words, inputs.products)


def _several(inputs: Inputs, product: Product) -> tuple[list[str], list[str]]:
    """What the catalogue says of each thing that is asked, and the names of those that it says nothing of."""
    told: list[str] = []
    lacking: list[str] = []
    for topic in inputs.topics:
        name = inputs.name("spec_topic", topic)
        value = of_topic(inputs, product, topic)
        if value:
            told.append(f"{name} {value}")
        else:
            lacking.append(name)
    beside = _facts(product, inputs.words).items()
    told += [f"{name} {value}" for name, value in beside if not any(value in one for one in told)]
    return told, lacking


def _facts(product: Product, words: str) -> dict[str, str]:
    """The facts of the catalogue that the words name, by name or by the unit of the figure (多少瓦: 功率 1500 瓦)."""
    return {name: value for name, value in product.facts.items() if name in words or _unit(value) in words}


def _unit(value: str) -> str:
    """The unit of a figure such as 1500 瓦; what no sentence holds for anything else."""
    figure, _, unit = value.partition(" ")
    return unit if figure.isdigit() and unit else value


def _row(inputs: Inputs, product: Product) -> str:
    """One product of a comparison: the facts that were asked for, else listing and price."""
    facts = _facts(product, inputs.words)
    told = [f"{name} {value}" for name, value in facts.items()] or [
        _plain(product.spec),
        _plain(product.material),
    ]
    return f"{product.name}：{'，'.join(one for one in (*told, yuan(product.price)) if one)}"


def _colours(inputs: Inputs, product: Product) -> tuple[str, dict[str, str]]:
    """Whether it comes in the colour asked for: the outcome, and which colours are told."""
    asked = str(inputs.slots.get("colour") or "")
    having = [one for one in product.colours if asked and same_colour(asked, one)]
    outcome = "colour_yes" if having else "colour_no" if asked else "colours"
    return outcome, {"colour": asked, "colours": listed(having or product.colours)}


def _fits(size: str, sizes: Sequence[str]) -> bool:
    """L码 is L, 42 is 42码."""
    return any(size == one or size.startswith(one) or one.startswith(size) for one in sizes)


def _plain(text: str) -> str:
    return text.rstrip("。；;，, ")
