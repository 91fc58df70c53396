"""How the property-based tests search: the same examples in every run, new ones on demand.

A gate that fails on somebody else's change teaches nobody anything, so `make test` and CI are derandomised. Look for new
counterexamples with `ANKE_SEARCH=2000 make test ARGS="tests/bot tests/aftersales"` (examples per test) and keep what it
finds as an `@example`.

And which tests keep together when two processes share the suite (`make test`): those that share something that takes seconds
to start, a trained model, an installation, a service on one of the two databases. All others go file by file.
"""

import os
import re
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=int(os.environ.get("ANKE_SEARCH", "100")), deadline=None)
settings.load_profile("search" if os.environ.get("ANKE_SEARCH") else "same")

_FOLDERS_WITH_ONE_INSTALLATION = {"bot", "conversations", "story", "web"}
_DATABASE = re.compile(r"\[(sqlite|postgres)\b")


class _KeptTogether(LoadScopeScheduling):  # type: ignore[misc]  # not typed
    """Which tests go to the same process, by their ids: a folder, a folder on one database, a file."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        folder = file.split("/")[1]
        if folder in _FOLDERS_WITH_ONE_INSTALLATION:
            return folder
        database = _DATABASE.search(test)
        return f"{folder} on {database.group(1)}" if database else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return _KeptTogether(config, log)
