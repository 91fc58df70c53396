"""The domain is sent to the action server once, then only its digest.

Reason: Rasa puts the whole domain (80 kB of wording) into every action call; writing, sending and reading it costs about
1.5 ms a call on both sides. The SDK keeps a domain under a digest and answers 449 when it does not know it; then, and for
the first call, the whole domain is sent.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

UNKNOWN = 449


def install() -> None:
    """Wrap the call format and repeat a call once when the other side has forgotten the domain."""
    from rasa.core.actions.action import RemoteAction
    from rasa.shared.exceptions import RasaException

    stock_format, stock_run = RemoteAction._action_call_format, RemoteAction.run
    digests: dict[int, str] = {}
    told: set[tuple[str, str]] = set()

    def digest_of(domain: Any) -> str:
        if id(domain) not in digests:
            packed = json.dumps(domain.as_dict(), sort_keys=True, ensure_ascii=False, default=str)
            digests.clear()
            digests[id(domain)] = hashlib.sha256(packed.encode()).hexdigest()
        return digests[id(domain)]

    def _action_call_format(self: Any, tracker: Any, domain: Any) -> dict[str, Any]:
        call: dict[str, Any] = stock_format(self, tracker, domain)
        call["domain_digest"] = digest_of(domain)
        if (_url(self), call["domain_digest"]) in told:
            call.pop("domain", None)
        return call

    async def run(self: Any, output_channel: Any, nlg: Any, tracker: Any, domain: Any) -> Any:
        known = (_url(self), digest_of(domain))
        try:
            events = await stock_run(self, output_channel, nlg, tracker, domain)
        except RasaException as error:
            if known not in told or getattr(error.__cause__, "status", None) != UNKNOWN:
                raise
            told.discard(known)
            events = await stock_run(self, output_channel, nlg, tracker, domain)
        told.add(known)
        return events

    RemoteAction._action_call_format = _action_call_format
    RemoteAction.run = run


def _url(action: Any) -> str:
    return action.action_endpoint.url if action.action_endpoint else ""
