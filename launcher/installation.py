"""Runs one command of ours with the installation's settings: `python -m launcher.installation MODULE [WORDS…]`.

Why: `.env` and the defaults are known here alone; a command that reads the service's database must read the same one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from launcher.env_file import SettingError
from launcher.settings import ROOT, resolve, with_stored_secrets


def main(words: list[str]) -> int:
    """The command's exit code; 2 with one line when a setting is wrong or nothing is installed."""
    try:
        settings = resolve(os.environ)
    except SettingError as error:
        print(f"anke: {error}", file=sys.stderr)
        return 2
    if not (Path(settings["DATA_DIR"]) / "version").exists():
        print(
            f"anke: {settings['DATA_DIR']} holds no installation yet: run `make run` first.", file=sys.stderr
        )
        return 2
    env = {**os.environ, **with_stored_secrets(settings)}
    return subprocess.run([sys.executable, "-m", *words], env=env, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
