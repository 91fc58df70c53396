"""The launcher's own lines never stop it: closed, full and unread outputs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from launcher.settings import ROOT

#: Says far more than a pipe holds (64 kB), then proves that it came to its end.
TALKER = """
import sys
from launcher.console import console, open_missing_streams
open_missing_streams()
proof = open(sys.argv[1], "w")
for number in range(2000):
    console.say("x" * 100)
    console.complain("y" * 100)
proof.write(str(proof.fileno()))
proof.close()
console.close(0.2)
"""


def talk(proof: Path, **streams: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", TALKER, str(proof)], cwd=ROOT, **streams)  # type: ignore[call-overload,no-any-return]


def test_lines_are_written_in_their_order() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from launcher.console import console\nfor n in range(50): console.say(f'line {n}')\nconsole.close()",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [f"line {n}" for n in range(50)]


def test_a_reader_that_is_gone_stops_nothing(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    process = talk(tmp_path / "proof", stdout=write, stderr=write)
    os.close(write)
    assert process.wait(30) == 0
    assert (tmp_path / "proof").read_text()


def test_a_reader_that_does_not_read_stops_nothing(tmp_path: Path) -> None:
    read, write = os.pipe()
    try:
        process = talk(tmp_path / "proof", stdout=write, stderr=write)
        os.close(write)
        assert process.wait(30) == 0
        assert (tmp_path / "proof").read_text()
    finally:
        os.close(read)


def test_a_full_disk_below_the_output_stops_nothing(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        process = talk(tmp_path / "proof", stdout=full.fileno(), stderr=full.fileno())
    assert process.wait(30) == 0
    assert (tmp_path / "proof").read_text()


def test_streams_closed_before_the_start_stop_nothing_and_are_not_taken_by_files(tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" -c "$1" "$2" 0<&- 1>&- 2>&-', sys.executable, TALKER, str(proof)],
        cwd=ROOT,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0
    assert int(proof.read_text()) > 2, "the first file that is opened would be standard output"
