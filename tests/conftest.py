"""How the property-based tests search: the same examples in every run, new ones on demand.

A gate that fails on somebody else's change teaches nobody anything, so `make test` and CI are derandomised. Look for new
counterexamples with `ANKE_SEARCH=2000 make test ARGS="tests/bot tests/aftersales"` (examples per test) and keep what it
finds as an `@example`.

And which tests keep together when two processes share the suite (`make test`): those that share something that takes seconds
to start, a trained model, an installation, a service on one of the two databases. All others go file by file.
"""

import os

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=int(os.environ.get("ANKE_SEARCH", "100")), deadline=None)
settings.load_profile("search" if os.environ.get("ANKE_SEARCH") else "same")

_FOLDERS_WITH_ONE_INSTALLATION = {"bot", "conversations", "story", "web"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_kept_together(item)))


def _kept_together(item: pytest.Item) -> str:
    folder = item.path.relative_to(item.config.rootpath).parts[1]
    if folder in _FOLDERS_WITH_ONE_INSTALLATION:
        return folder
    database = item.callspec.params.get("steady_service") if hasattr(item, "callspec") else None
    return f"{folder} on {database}" if database else str(item.path.relative_to(item.config.rootpath))
