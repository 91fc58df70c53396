"""What the set-up is told in `.env` counts, before anything is installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from launcher import setup
from launcher.settings import ROOT


def test_python310_of_the_env_file_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.delenv("PYTHON310", raising=False)
    (tmp_path / ".env").write_text("PYTHON310=/no/such/python\n")
    with pytest.raises(setup.SetupError, match="PYTHON310=/no/such/python is not a working"):
        setup.find_python310(None)
    monkeypatch.setenv("PYTHON310", "/another/python")
    with pytest.raises(setup.SetupError, match="PYTHON310=/another/python"):
        setup.find_python310(None)


def test_it_starts_with_the_standard_library_alone(tmp_path: Path) -> None:
    """-S and -I leave out everything that is installed; the environments are what it is to make."""
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(ROOT)!r}); import launcher.setup",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_command_works_by_links_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout, real = tmp_path / "checkout", tmp_path / "a venv elsewhere"
    (real / "bin").mkdir(parents=True)
    checkout.mkdir()
    (checkout / ".venv").symlink_to(real)
    (real / "bin/python").write_text('#!/bin/sh\necho "$PYTHONPATH" "$@"\n')
    (real / "bin/python").chmod(0o755)
    monkeypatch.setattr(setup, "SERVICE", checkout / ".venv")
    setup.put_command()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/anke").symlink_to("../first")
    (tmp_path / "first").symlink_to(checkout / ".venv/bin/anke")
    env = {"PATH": "/usr/bin:/bin"}
    for path, cwd in ((tmp_path / "bin/anke", Path("/")), (Path(".venv/bin/anke"), checkout)):
        done = subprocess.run(
            [path, "users", "a b"], cwd=cwd, env=env, capture_output=True, text=True, check=True
        )
        assert done.stdout == f"{checkout} -m launcher.anke users a b\n"
