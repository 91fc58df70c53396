"""How the property-based tests search: the same examples in every run, new ones on demand.

A gate that fails on somebody else's change teaches nobody anything, so `make test` and CI are derandomised. Look for new
counterexamples with `ANKE_SEARCH=2000 make test ARGS="tests/bot tests/aftersales"` (examples per test) and keep what it
finds as an `@example`.
"""

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=int(os.environ.get("ANKE_SEARCH", "100")), deadline=None)
settings.load_profile("search" if os.environ.get("ANKE_SEARCH") else "same")
