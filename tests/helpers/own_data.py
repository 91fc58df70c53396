"""What processes read of data/, as a copy that a test may change."""

import shutil
from pathlib import Path

from actions.store import READ_AGAIN
from tests.helpers.processes import ROOT


def own_data(root: Path) -> Path:
    """The copy is `root`/data; returns `root`, for ANKE_DATA_ROOT."""
    (root / "data").mkdir(parents=True)
    for name in READ_AGAIN:
        source = ROOT / "data" / name
        if source.is_dir():
            shutil.copytree(source, root / "data" / name)
        else:
            shutil.copy(source, root / "data")
    return root
