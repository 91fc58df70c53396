"""The part of `designer.check` for data/policy: can it be loaded, does it hold together, is every rule read by a program?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from aftersales.categories import CategoryError, load_categories
from aftersales.policy import PolicyError, load_policy
from designer.policy_use import check_policy_use


def check_policy(root: Path, programs: Path | None = None) -> Iterator[str]:
    """One Chinese line for each problem of `root`/data/policy: `data/policy/returns.yml:12 …`. `programs`: where our packages
    lie (default: there too)."""
    try:
        codes = frozenset(load_categories(root / "data" / "categories.yml").by_code)
    except CategoryError:  # told by the check of the categories
        codes = None
    try:
        load_policy(root / "data" / "policy", categories=codes)
    except PolicyError as error:
        yield from error.lines
    yield from check_policy_use(root, programs)
