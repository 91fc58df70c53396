"""Forms that take several turns: return, new address, invoice. One is open at a time (slot `form`); it survives
digressions, restarts and model changes, because all of it is in the slot.

{"name", "draft", "step", …}. `draft` is made when the form opens, so it is stored at least one turn before the
confirmation and serves as the idempotency key of the write (H28).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from actions.turn import Turn

Continue = Callable[[Turn], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Form:
    name: str
    chinese: str  # for "刚才的…"
    proceed: Continue  # asks for the first thing that is missing


_FORMS: dict[str, Form] = {}


def register(name: str, chinese: str, proceed: Continue) -> None:
    """Called once at import by the topic that owns the form."""
    _FORMS[name] = Form(name, chinese, proceed)


def open_form(turn: Turn, name: str, **known: Any) -> dict[str, Any]:
    """Open a form; its draft id is stable over retries of this turn. A form of another kind that was open waits below
    it and is taken up again when this one is done: an invoice asked for in the middle loses no return."""
    form = {"name": name, "draft": f"{name}:{turn.conversation_id}:{turn.turn_id}", **known}
    below = {key: value for key, value in (turn.form or {}).items() if key != "below"}
    if below and below.get("name") != name:
        form["below"] = below
    turn.set("form", form)
    return form


def keep(turn: Turn, **known: Any) -> dict[str, Any]:
    """Fill in parts of the open form."""
    form = {**(turn.form or {}), **known}
    turn.set("form", form)
    return form


def close_form(turn: Turn) -> None:
    """Done or given up; the form that waited below is open again."""
    turn.set("form", (turn.form or {}).get("below"))
    turn.close_question()


def close_all(turn: Turn) -> None:
    """A person settled it, or the case is over: nothing half filled stays."""
    turn.set("form", None)
    turn.close_question()


async def continue_form(turn: Turn) -> None:
    """After a digression: say where we were and ask for what is missing."""
    form = _FORMS.get((turn.form or {}).get("name", ""))
    if form is None:
        turn.set("form", None)
        return
    turn.say("utter_back_to_form", form=form.chinese)
    await form.proceed(turn)


async def stop_form(turn: Turn) -> None:
    """The cancel word: nothing is written, the way back is named."""
    form = _FORMS.get((turn.form or {}).get("name", ""))
    close_form(turn)
    if form is not None:
        turn.say("utter_form_stopped", form=form.chinese)
    else:
        turn.say("utter_stopped")
    turn.asked = True
