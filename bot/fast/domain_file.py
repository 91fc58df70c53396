"""The domain is kept in the model as JSON too, and read from there.

Reason: Rasa reads its domain.yml with a parser written in Python, four times over (is it a domain? is it valid? what does it say, and
once more): 4 s of a start, which a customer waits for when the bot was killed. What training wrote needs no second validation. A
model of plain `rasa train` has no such file and is read as ever.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = "domain.json"


def install_for_training() -> None:
    """Write the JSON beside the YAML."""
    from rasa.graph_components.providers.domain_provider import DomainProvider

    stock = DomainProvider._persist

    def persist(self: Any, domain: Any) -> None:
        stock(self, domain)
        with self._model_storage.write_to(self._resource) as folder:
            told = json.dumps(domain.as_dict(), ensure_ascii=False)
            Path(folder, FILE).write_text(told, encoding="utf-8")

    DomainProvider._persist = persist


def install() -> None:
    """Read the JSON where there is one."""
    from rasa.graph_components.providers.domain_provider import DomainProvider
    from rasa.shared.core.domain import Domain

    stock = DomainProvider.load.__func__

    def load(
        cls: Any, /, config: Any, model_storage: Any, resource: Any, execution_context: Any, **kept: Any
    ) -> Any:
        with model_storage.read_from(resource) as folder:
            file = Path(folder, FILE)
            if file.is_file():
                return cls(
                    model_storage, resource, Domain.from_dict(json.loads(file.read_text(encoding="utf-8")))
                )
        return stock(cls, config, model_storage, resource, execution_context, **kept)

    DomainProvider.load = classmethod(load)
