"""Questions before buying, answered from the catalogue; what is not in it goes to a product expert (H34)."""

from actions import chinese
from actions.topic import Topic
from actions.topics.people import offer_person
from actions.turn import Turn
from aftersales.order_system.port import Product


class Presale(Topic):
    """规格、尺码、库存、真伪、推荐"""

    action = "action_presale"
    intents = ("presale_spec", "presale_size", "presale_stock", "presale_authentic", "presale_recommend")
    watches_repeats = False

    async def answer(self, turn: Turn) -> None:
        product = await the_product(turn)
        if turn.intent == "presale_recommend":
            await recommend(turn)
        elif product is None:
            if (turn.question or {}).get("what") == "product" or turn.get("product") == "asked":
                offer_person(turn, "out_of_policy", "utter_presale_unsure", words=turn.text[:40])
            else:
                turn.ask(
                    "product",
                    "utter_ask_product",
                    keep={"then": {"intent": turn.intent, "text": turn.text[:200]}},
                )
        elif turn.intent == "presale_size":
            tell_size(turn, product)
            if turn.store.dialogue.hit("colour", turn.text):
                tell_colours(turn, product)
        elif turn.intent == "presale_stock":
            tell_stock(turn, product)
        elif turn.intent == "presale_authentic":
            turn.say("utter_product_authentic", product=product.name, warranty=warranty(product))
        else:
            tell_spec(turn, product)


async def the_product(turn: Turn) -> Product | None:
    """The product named here, else the one talked about before."""
    found = await turn.store.orders.products(turn.text, limit=1)
    if found:
        turn.set("product", found[0].sku)
        return found[0]
    before = turn.get("product")
    if before:
        return await turn.store.orders.product(str(before))
    item = (turn.context.get("page") or {}).get("sku")
    return await turn.store.orders.product(str(item)) if item else None


def warranty(product: Product) -> str:
    return f"{product.warranty_days} 天" if product.warranty_days else "以页面为准"


def tell_spec(turn: Turn, product: Product) -> None:
    """A named fact of the catalogue when the question names one, otherwise what the listing says."""
    for name, value in product.facts.items():
        if name in turn.text:
            turn.say("utter_product_fact", product=product.name, name=name, value=value)
            return
    if product.colours and turn.store.dialogue.hit("colour", turn.text):
        tell_colours(turn, product)
        if product.sizes and turn.store.dialogue.hit("size", turn.text):
            tell_size(turn, product)
        return
    if any(one in turn.text for one in turn.store.dialogue.labels["unknown_spec"].values()):
        offer_person(turn, "out_of_policy", "utter_presale_unsure", words=turn.text[:40])
        return
    spec = product.spec.rstrip("。；;，, ") + "，" if product.spec else ""
    turn.say(
        "utter_product_spec",
        product=product.name,
        spec=spec,
        material=product.material,
        price=chinese.yuan(product.price),
        warranty=warranty(product),
    )


def tell_size(turn: Turn, product: Product) -> None:
    if product.sizes:
        turn.say(
            "utter_product_size",
            product=product.name,
            sizes="、".join(product.sizes),
            advice=product.size_advice,
        )
    else:
        turn.say("utter_product_no_size", product=product.name, spec=product.spec or product.material)


def tell_colours(turn: Turn, product: Product) -> None:
    """Whether it comes in the colour that was named, else which colours there are."""
    named = turn.store.dialogue.hit("colour_name", turn.text)
    having = [one for one in product.colours if named and named in one]
    colours = "、".join(product.colours)
    if not product.colours:
        return
    if named is None:
        turn.say("utter_product_colours", colours=colours)
    elif having:
        turn.say("utter_product_colour_yes", product=product.name, colours="、".join(having))
    else:
        turn.say("utter_product_colour_none", product=product.name, colour=f"{named}色", colours=colours)


def tell_stock(turn: Turn, product: Product) -> None:
    if product.stock <= 0:
        offer_person(turn, "out_of_policy", "utter_product_out_of_stock", product=product.name)
        return
    named = turn.store.dialogue.hit("colour_name", turn.text)
    if named and product.colours and not any(named in one for one in product.colours):
        tell_colours(turn, product)
        return
    colours = f"，颜色有{'、'.join(product.colours)}" if product.colours else ""
    turn.say("utter_product_stock", product=product.name, colours=colours, hours=product.dispatch_hours)


async def recommend(turn: Turn) -> None:
    found = await turn.store.orders.products(turn.text, limit=3)
    if not found:
        offer_person(turn, "out_of_policy", "utter_presale_unsure", words=turn.text[:40])
        return
    turn.set("product", found[0].sku)
    turn.say(
        "utter_product_recommend",
        products="、".join(f"{one.name}（{chinese.yuan(one.price)}）" for one in found),
    )
