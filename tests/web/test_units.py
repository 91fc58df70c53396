"""The front ends' own unit tests (vitest) belong to `make test` like all others."""

import shutil
import subprocess

import pytest

from tests.helpers.handoff_service import ROOT

WEB = ROOT / "web"


@pytest.mark.timeout(180)
def test_the_units_of_the_web_front_ends() -> None:
    npm = shutil.which("npm")
    if npm is None or not (WEB / "node_modules").exists():
        pytest.skip("no npm on PATH, or web/node_modules is missing (make test installs it)")
    done = subprocess.run(
        [npm, "test", "--silent"], cwd=WEB, check=False, capture_output=True, text=True, timeout=170
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
