"""The only place that builds what an action hands to the channel: texts, cards, commands and effects (docs/architecture.md).

Wording never comes from here: it lives in domain.yml, chosen by response name.
"""

from typing import Any

from rasa_sdk.executor import CollectingDispatcher

JsonDict = dict[str, Any]
Button = dict[str, str]


def say(
    dispatcher: CollectingDispatcher,
    response: str,
    *,
    expects: str | None = None,
    buttons: list[Button] | None = None,
    **values: object,
) -> None:
    """Utter a response of the domain, its {placeholders} filled; `expects` overrides the one the response carries."""
    custom = {"expects": expects} if expects else None
    dispatcher.utter_message(
        response=response,
        json_message=custom,
        buttons=[{"title": one["title"], "payload": one["payload"]} for one in buttons or []],
        **{name: "" if value is None else str(value) for name, value in values.items()},
    )


def card(dispatcher: CollectingDispatcher, content: JsonDict) -> None:
    """Show a card (docs/protocol.md, Cards)."""
    dispatcher.utter_message(json_message={"anke": "card", "card": content})


def command(dispatcher: CollectingDispatcher, name: str, /, **fields: object) -> None:
    """Ask the gateway for something in the same commit: identified, case, handoff, ticket, close."""
    dispatcher.utter_message(json_message={"anke": "command", "command": {"command": name, **fields}})


def effect(
    dispatcher: CollectingDispatcher, name: str, *, key: str, request_no: str, order_no: str, summary: str
) -> None:
    """Report what was written outside, so that it is logged even when the replies are dropped as late."""
    content = {
        "effect": name,
        "key": key,
        "request_no": request_no,
        "order_no": order_no,
        "summary": summary,
    }
    dispatcher.utter_message(json_message={"anke": "effect", "effect": content})


def button(title: str, payload: str) -> Button:
    """One choice; the payload is issued by us (`/intent{…}`), the customer only ever sends the button's id back."""
    return {"title": title, "payload": payload}
