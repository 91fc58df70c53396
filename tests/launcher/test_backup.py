"""Backup while writers write, restore into place, and what is refused."""

from __future__ import annotations

import sqlite3
import tarfile
import threading
from pathlib import Path

import pytest

from launcher.backup import check_archive, do_backup, do_restore
from launcher.preflight import DATA_VERSION, PreflightError, do_lock


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "var"
    (folder / "uploads").mkdir(parents=True)
    (folder / "log").mkdir()
    (folder / "log" / "worker-1.log").write_text("noise")
    (folder / "uploads" / "a.jpg").write_bytes(b"picture")
    (folder / "version").write_text(f"{DATA_VERSION}\n")
    (folder / "secrets.json").write_text("{}")
    with sqlite3.connect(folder / "anke.db") as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE pairs (a INTEGER, b INTEGER)")
    return folder


def test_a_backup_under_writers_is_consistent_and_comes_back(data_dir: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        db = sqlite3.connect(data_dir / "anke.db", timeout=10)
        number = 0
        while not stop.is_set():
            number += 1
            with db:  # both rows of a pair or none
                db.execute("INSERT INTO pairs VALUES (?, 0)", (number,))
                db.execute("INSERT INTO pairs VALUES (?, 1)", (number,))
        db.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        archive = do_backup(data_dir, tmp_path / "b.tar.gz")
    finally:
        stop.set()
        writer.join()
    assert archive.stat().st_mode & 0o777 == 0o600
    with tarfile.open(archive) as tar:
        names = set(tar.getnames())
    assert "uploads/a.jpg" in names
    assert "secrets.json" in names
    assert not any(name.startswith("log") for name in names)

    aside = do_restore(data_dir, archive)
    assert aside
    assert (aside / "log" / "worker-1.log").exists(), "what was there is kept"
    assert (data_dir / "uploads" / "a.jpg").read_bytes() == b"picture"
    with sqlite3.connect(data_dir / "anke.db") as db:
        odd = db.execute(
            "SELECT count(*) FROM (SELECT a FROM pairs GROUP BY a HAVING count(*) != 2)"
        ).fetchone()
    assert odd == (0,)


def test_restore_is_refused_while_the_service_runs(data_dir: Path, tmp_path: Path) -> None:
    archive = do_backup(data_dir, tmp_path / "b.tar.gz")
    with do_lock(data_dir), pytest.raises(PreflightError, match="another Anke"):
        do_restore(data_dir, archive)
    assert (data_dir / "uploads" / "a.jpg").exists()


def test_what_is_no_backup_or_too_new_is_refused(data_dir: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "x.tar.gz"
    wrong.write_bytes(b"not a tar")
    with pytest.raises(PreflightError, match="not a backup"):
        check_archive(wrong)
    (data_dir / "version").write_text(str(DATA_VERSION + 1))
    newer = do_backup(data_dir, tmp_path / "n.tar.gz")
    with pytest.raises(PreflightError, match="newer"):
        do_restore(data_dir, newer)


def test_nothing_to_back_up_is_said(tmp_path: Path) -> None:
    with pytest.raises(PreflightError, match="no installation"):
        do_backup(tmp_path, tmp_path / "b.tar.gz")
