"""The front ends' own unit tests (vitest) belong to `make test` like all others."""

import subprocess
import sys

import pytest

from launcher.setup import SetupError, find_node
from tests.helpers.processes import ROOT

WEB = ROOT / "web"


@pytest.mark.timeout(180)
def test_the_units_of_the_web_front_ends() -> None:
    try:
        env = find_node(sys.executable)
    except SetupError as error:
        pytest.skip(f"no Node for the web's tests: {error}")
    assert (WEB / "node_modules").exists(), "web/node_modules is missing: `make test` installs it"
    done = subprocess.run(
        ["npm", "test", "--silent"],
        cwd=WEB,
        env=env,
        check=False,
        capture_output=True,
        text=True,
        timeout=170,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
