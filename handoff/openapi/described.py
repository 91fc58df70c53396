"""What a handler takes and answers, said beside it: `@described("…", takes=…, answers=…)` (CONTRIBUTING.md, "An address of the service").

A schema is named as `file#part` or `file`: contracts/<file>.schema.json, its `$defs` part or the whole.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True)
class Media:
    """A body that is no JSON of ours: its content type, and its schema if there is more to say than "bytes"."""

    type: str
    schema: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Parameter:
    """A parameter of the address (`where` query) or of the head."""

    name: str
    schema: Mapping[str, Any]
    about: str
    needed: bool = False
    where: str = "query"


@dataclass(frozen=True)
class Operation:
    """One address as the document tells it; what every address has in common is added in document.py."""

    summary: str
    takes: str | Media | None
    takes_may_miss: bool
    answers: Mapping[int, str | Media | None]
    refuses: tuple[int, ...]
    parameters: tuple[Parameter, ...]
    security: tuple[str, ...]
    frames: str | None


def described(
    summary: str,
    *,
    answers: Mapping[int, str | Media | None],
    takes: str | Media | None = None,
    takes_may_miss: bool = False,
    refuses: tuple[int, ...] = (),
    parameters: tuple[Parameter, ...] = (),
    security: tuple[str, ...] = (),
    frames: str | None = None,
) -> Callable[[Handler], Handler]:
    """Decorator of a handler of the route table. `answers`: status → schema, Media, or None for no body; `refuses`: the statuses
    of its own refusals (document.py adds those of its permission, of a body and of parameters); `security`: which credentials
    it checks inside, any one of them; `frames`: of a socket, the schema of what is said over it."""
    told = Operation(summary, takes, takes_may_miss, answers, refuses, parameters, security, frames)

    def mark(handler: Handler) -> Handler:
        handler.__dict__["operation"] = told
        return handler

    return mark


def operation_of(handler: Callable[..., Any]) -> Operation | None:
    """What the handler says of itself; None when it says nothing (a test names it)."""
    found = getattr(handler, "operation", None)
    return found if isinstance(found, Operation) else None


def query(name: str, about: str, *, needed: bool = False, **schema: Any) -> Parameter:
    """A parameter of the address; a text unless `schema` says otherwise."""
    return Parameter(name, {"type": "string", **schema}, about, needed)
