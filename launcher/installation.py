"""Runs one command of ours with the installation's settings: `python -m launcher.installation MODULE [WORDS…]`.

Why: `.env` and the defaults are known here alone; a command that reads the service's database must read the same one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from launcher.env_file import SettingError
from launcher.publish import root_in_use
from launcher.settings import ROOT, resolve, with_stored_secrets

DEMO = "aftersales.order_system.sql.demo"


def main(words: Sequence[str]) -> int:
    """The command's exit code; 2 with one line when a setting is wrong or nothing is installed."""
    try:
        settings = resolve(os.environ)
        data_dir = Path(settings["DATA_DIR"])
        if not (data_dir / "version").exists():
            raise SettingError(
                f"{data_dir} holds no installation yet (or is not readable): run `make run` first."
            )
        if list(words[:2]) == [DEMO, "--reset"] and settings["ANKE_MODE"] == "production":
            raise SettingError(
                "this is a store in production (ANKE_MODE): it has no demo orders to bring back."
            )
        settings = with_stored_secrets(settings)
    except (SettingError, OSError) as error:
        print(f"anke: {error}", file=sys.stderr)
        return 2
    env = {**os.environ, **settings, "PYTHONPATH": str(ROOT)}
    if root_in_use(data_dir).exists():
        env["ANKE_DATA_ROOT"] = str(root_in_use(data_dir))
    return subprocess.run([sys.executable, "-m", *words], env=env, cwd=ROOT, check=False).returncode


def do_demo(verb: str) -> int:
    """`anke demo reset` and `anke demo remove`."""
    return main([DEMO, f"--{verb}"])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
