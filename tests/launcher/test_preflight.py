"""What cannot work is said in one line before anything starts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.preflight import (
    DATA_VERSION,
    PreflightError,
    check_bot_python,
    check_data_version,
    check_disk,
    check_policy,
    check_port_free,
    do_lock,
)
from launcher.settings import ROOT


def start_launcher(**settings: str) -> subprocess.CompletedProcess[str]:
    """Run the real launcher where it must refuse; its output and exit code."""
    env = {**os.environ, **settings}
    return subprocess.run(
        [sys.executable, "-m", "launcher"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_port_in_use_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = start_launcher(PORT=str(port), DATA_DIR=str(tmp_path / "d"))
    assert done.returncode == 2
    assert done.stderr.strip().count("\n") == 0
    assert f"port {port}" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("REDIS_URL", "localhost:6379"), ("ALLOWED_ORIGINS", "shop.example"), ("DEMO_PASSWORD", "abc")],
)
def test_a_bad_value_stops_the_start_with_one_line(tmp_path: Path, name: str, value: str) -> None:
    done = start_launcher(**{name: value}, DATA_DIR=str(tmp_path / "d"))
    assert done.returncode == 2
    assert done.stderr.strip().count("\n") == 0
    assert done.stderr.startswith(f"anke: {name}=")


def test_a_half_written_version_is_never_left(tmp_path: Path) -> None:
    """A disk that fills up in the first start must not make the second one impossible."""
    (tmp_path / "version.new").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        check_data_version(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_foreign_listener_with_reuseport_is_noticed_too() -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PreflightError, match="PORT"):
            check_port_free("127.0.0.1", taken.getsockname()[1])


def test_one_instance_per_data_dir(tmp_path: Path) -> None:
    with do_lock(tmp_path), pytest.raises(PreflightError, match="another Anke"):
        do_lock(tmp_path)
    do_lock(tmp_path).close()


def test_a_broken_policy_file_names_file_and_exits_2(tmp_path: Path) -> None:
    broken = tmp_path / "store" / "policy" / "returns.yml"
    broken.parent.mkdir(parents=True)
    broken.write_text("no_reason: [unclosed\n", encoding="utf-8")
    done = start_launcher(STORE_DIR=str(tmp_path / "store"), DATA_DIR=str(tmp_path / "d"), PORT="0x")
    assert "PORT" in done.stderr  # the first mistake is told first
    done = start_launcher(STORE_DIR=str(tmp_path / "store"), DATA_DIR=str(tmp_path / "d"), PORT="18999")
    assert done.returncode == 2
    assert f"{broken}:1 不是正确的 YAML" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_shipped_policy_is_sound() -> None:
    check_policy()


def test_newer_data_is_refused(tmp_path: Path) -> None:
    (tmp_path / "version").write_text(f"{DATA_VERSION + 1}\n")
    with pytest.raises(PreflightError, match="newer Anke"):
        check_data_version(tmp_path)
    (tmp_path / "version").write_text("x")
    with pytest.raises(PreflightError, match="not a number"):
        check_data_version(tmp_path)


def test_new_data_is_marked(tmp_path: Path) -> None:
    check_data_version(tmp_path)
    assert (tmp_path / "version").read_text() == f"{DATA_VERSION}\n"
    check_data_version(tmp_path)


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launcher.preflight.MIN_FREE_BYTES", 2**60)
    with pytest.raises(PreflightError, match="MB free"):
        check_disk(tmp_path)


def test_a_wrong_python_for_the_bot_is_told(tmp_path: Path) -> None:
    with pytest.raises(PreflightError, match=r"3\.10"):
        check_bot_python(Path(sys.executable))
    with pytest.raises(PreflightError, match=r"3\.10"):
        check_bot_python(tmp_path / "missing")
