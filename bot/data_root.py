"""Where the data/ stands that this process reads."""

from __future__ import annotations

import os
from pathlib import Path


def data_root() -> Path:
    """The folder that the launcher or a designer's command named (data/ with a store's own files in it,
    docs/decisions/0012), where a link leads to the newest; this checkout where nobody did."""
    return Path(os.environ.get("ANKE_DATA_ROOT") or Path(__file__).resolve().parents[1])
