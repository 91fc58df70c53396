"""One thing of the goods in hand that their listing tells: how they are washed, what is in the box, which parts are sold singly,
what wears off, what another size measures (H34). What is asked is a topic of data/dialogue/questions.yml (spec_topic); under which
names a listing tells it stands in labels.yml (spec_fact)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from aftersales.catalogue import named_in
from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.in_hand import sentence
from aftersales.formatting import listed, yuan
from aftersales.order_system.port import Product
from aftersales.variants import sizes_named

#: Topics whose facts are told only where they are asked for, by themselves and as whole sentences.
ALONE = frozenset(
    {
        *("washable", "heat", "in_box", "parts", "wear", "wear_warranty", "network", "shade"),
        *("size_step", "make_time", "harm", "shrink", "fading"),
    }
)
#: So many facts make a short description.
_SHOWN = 4
_VALUES = ("goods", "value")


def goods_meant(inputs: Inputs) -> Product | None:
    """The goods that a question is about: those named, the customer's own in hand, else those talked about."""
    named = named_in(inputs.words, inputs.products)
    return named[0] if named else inputs.catalogue or inputs.product


def of_topic(inputs: Inputs, product: Product, topic: str) -> str:
    """What the catalogue says of the topic; empty where it says nothing."""
    names = inputs.name("spec_fact", topic).split("、")
    if fact := next((product.facts[one] for one in names if one in product.facts), ""):
        return fact
    return {
        "capacity": plain(product.size_advice),
        "material": plain(product.material),
        "price": yuan(product.price),
        "warranty": sentence(inputs, "spec_value", "warranty", value=str(product.warranty_days)),
        "colour": listed(product.colours),
        "stock": inputs.name("spec_value", "in_stock" if product.stock > 0 else "out_of_stock"),
    }.get(topic, "")


def told_alone(inputs: Inputs, product: Product) -> str:
    """The sentence for the topic that is asked, where it is one that is told by itself; empty for any other."""
    asked = [one for one in inputs.topics if one in ALONE]
    return next((value for one in asked if (value := of_topic(inputs, product, one))), "")


def listing_facts(inputs: Inputs, product: Product) -> Mapping[str, str]:
    """The first facts of the listing, as many as belong to a short description, without those that are told only where they are
    asked for."""
    asked_for = {name for topic in ALONE for name in inputs.name("spec_fact", topic).split("、")}
    shown = [(name, value) for name, value in product.facts.items() if name not in asked_for]
    return dict(shown[:_SHOWN])


def plain(text: str) -> str:
    """Without the stop at its end."""
    return text.rstrip("。；;，, ")


def _of(topic: str, told: str) -> Callable[[Inputs], Decision]:
    """The decision goods_TOPIC. `told`: the listing says it; `not_written`: it does not; `unknown`: no goods are known."""

    @decision(
        f"goods_{topic}",
        outcomes=("told", "not_written", "unknown"),
        needs=("item", "catalogue", "product", "products"),
        values=_VALUES,
    )
    def run(inputs: Inputs) -> Decision:
        product = goods_meant(inputs)
        if product is None:
            return Decision("unknown", dict.fromkeys(_VALUES, ""))
        value = of_topic(inputs, product, topic)
        return Decision("told" if value else "not_written", {"goods": product.name, "value": plain(value)})

    run.__doc__ = told
    return run


goods_washable = _of("washable", "May it be washed, and how?")
goods_heat = _of("heat", "Does it stand a dishwasher, a microwave, an oven?")
goods_in_box = _of("in_box", "What is in the box?")
goods_parts = _of("parts", "Which parts are sold singly, and for how much?")
goods_wear = _of("wear", "When are filters and brushes changed?")
goods_wear_warranty = _of("wear_warranty", "Is what wears off changed free of charge?")
goods_network = _of("network", "How does it connect?")
goods_shade = _of("shade", "How dark are its colours, and which shows dirt?")
goods_harm = _of("harm", "Is it safe for what is eaten and drunk from it?")
goods_material = _of("material", "What is it made of?")
goods_measure = _of("measure", "How big is it?")
goods_weight = _of("weight", "How heavy is it?")
goods_shrink = _of("shrink", "Does it shrink?")
goods_fading = _of("fading", "Does its colour or its print come off?")


#: Sizes of clothes and shoes, which go up in steps.
_STEPPED = re.compile(r"(?:\d?X{0,4}[SL]|M|\d{2}(?:\.5)?)(?:码)?")


@decision(
    "goods_size_step",
    outcomes=("two", "told", "advice", "not_written", "unknown"),
    needs=("item", "catalogue", "product", "products"),
    values=("goods", "value", "first", "second", "steps", "advice"),
)
def goods_size_step(inputs: Inputs) -> Decision:
    """42和43差多少, always of the goods in hand. `two`: two of their sizes are named, so many steps apart; `told`: the difference alone,
    also of versions that are no steps (128G and 256G, 3L and 4L);
    `advice`: the listing has no figures, only whom which size fits."""
    product = goods_meant(inputs)
    values = dict.fromkeys(("goods", "value", "first", "second", "steps", "advice"), "")
    if product is None:
        return Decision("unknown", values)
    step = of_topic(inputs, product, "size_step")
    values |= {"goods": product.name, "value": plain(step), "advice": plain(product.size_advice)}
    places = sizes_named(inputs.message or inputs.words, product)
    if step and len(places) > 1 and all(_STEPPED.fullmatch(product.sizes[one]) for one in places[:2]):
        first, second = places[:2]
        values |= {
            "first": product.sizes[first],
            "second": product.sizes[second],
            "steps": str(second - first),
        }
        return Decision("two", values)
    if step:
        return Decision("told", values)
    return Decision("advice" if product.size_advice else "not_written", values)
