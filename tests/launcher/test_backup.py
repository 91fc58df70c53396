"""Backup while writers write, restore into place, and what is refused."""

from __future__ import annotations

import random
import sqlite3
import tarfile
import threading
from pathlib import Path

import pytest

from launcher.backup import (
    BEFORE,
    check_archive,
    do_backup,
    do_restore,
    main,
    new_backup_path,
    outside_databases,
)
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


def test_only_data_dir_is_written_and_it_stays_the_folder_it_is(data_dir: Path, tmp_path: Path) -> None:
    """It may be a mount point below a folder of root's, and `extractall(filter=…)` is missing in Python 3.11.2."""
    beside, itself = set(tmp_path.iterdir()), data_dir.stat().st_ino
    tmp_path.chmod(0o555)
    try:
        archive = do_backup(data_dir, new_backup_path(data_dir))
        (data_dir / "uploads" / "a.jpg").write_bytes(b"another")
        with pytest.MonkeyPatch.context() as patch:
            patch.delattr(tarfile.TarFile, "extractall")
            patch.delattr(tarfile, "data_filter", raising=False)
            aside = do_restore(data_dir, archive)
    finally:
        tmp_path.chmod(0o755)
    assert aside is not None
    assert aside.parent == data_dir
    assert (aside / "uploads" / "a.jpg").read_bytes() == b"another"
    assert (data_dir / "uploads" / "a.jpg").read_bytes() == b"picture"
    assert archive.exists(), "backups stay where they are"
    assert (set(tmp_path.iterdir()), data_dir.stat().st_ino) == (beside, itself)
    again = do_backup(data_dir, new_backup_path(data_dir).with_name("again.tar.gz"))
    with tarfile.open(again) as tar:
        assert not [name for name in tar.getnames() if name.startswith((BEFORE, "backups", "lock"))]


def test_on_a_new_machine_a_database_elsewhere_is_made_or_named(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DATA_DIR", "ANKE_MODELS_DIR"):
        monkeypatch.setenv(name, str({"DATA_DIR": data_dir}.get(name, tmp_path / "models")))
    elsewhere, later = tmp_path / "own.db", tmp_path / "disk3" / "own.db"
    with sqlite3.connect(elsewhere) as db:
        db.execute("CREATE TABLE orders (no TEXT)")
    monkeypatch.setenv("ORDERS_DATABASE_URL", f"sqlite:///{elsewhere}")
    assert main(["save", str(tmp_path / "b.tar.gz")]) == 0
    elsewhere.unlink()
    monkeypatch.setenv("ORDERS_DATABASE_URL", f"sqlite:///{later}")
    assert main(["restore", str(tmp_path / "b.tar.gz")]) == 0
    with sqlite3.connect(later) as db:
        assert db.execute("SELECT count(*) FROM orders").fetchone() == (0,)
    assert "elsewhere" not in capsys.readouterr().out
    monkeypatch.delenv("ORDERS_DATABASE_URL")
    assert main(["restore", str(tmp_path / "b.tar.gz")]) == 0
    told = capsys.readouterr().out
    assert f"{data_dir}/databases-elsewhere/ORDERS_DATABASE_URL" in told


def test_the_store_s_own_data_comes_along_and_what_lies_there_is_kept(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store, archive = tmp_path / "shop", str(tmp_path / "b.tar.gz")
    (store / "policy").mkdir(parents=True)
    (store / ".git").mkdir()
    rules = store / "policy" / "returns.yml"
    rules.write_text("no_reason: {window_days: 9}\n")
    for name, value in (
        ("DATA_DIR", data_dir),
        ("ANKE_MODELS_DIR", tmp_path / "models"),
        ("STORE_DIR", store),
    ):
        monkeypatch.setenv(name, str(value))
    assert main(["save", archive]) == 0
    with tarfile.open(archive) as tar:
        assert not [one for one in tar.getnames() if ".git" in one]

    rules.write_text("no_reason: {window_days: 12}\n")
    (store / "later.md").write_text("x")
    assert main(["restore", archive]) == 0
    assert rules.read_text() == "no_reason: {window_days: 9}\n"
    assert sorted(one.name for one in store.iterdir()) == [".git", "policy"]
    (aside,) = data_dir.glob(f"{BEFORE}*")
    assert (aside / "store-data" / "policy" / "returns.yml").read_text() == "no_reason: {window_days: 12}\n"
    assert (aside / "store-data" / "later.md").exists()
    assert not (data_dir / "store-data").exists()

    monkeypatch.setenv("STORE_DIR", str(tmp_path / "new" / "shop"))
    assert main(["restore", archive]) == 0
    assert (tmp_path / "new" / "shop" / "policy" / "returns.yml").exists()
    capsys.readouterr()
    monkeypatch.setenv("STORE_DIR", "")
    assert main(["restore", archive]) == 0
    assert (
        f"STORE_DIR is not set; the store's own data of the backup is {data_dir}/store-data"
        in capsys.readouterr().out
    )
    monkeypatch.setenv("STORE_DIR", str(tmp_path / "gone"))
    assert main(["save", str(tmp_path / "c.tar.gz")]) == 0
    assert f"STORE_DIR {tmp_path / 'gone'} is not there" in capsys.readouterr().out


def test_databases_elsewhere_and_the_model_come_along(data_dir: Path, tmp_path: Path) -> None:
    models, elsewhere = tmp_path / "models", tmp_path / "disk2" / "orders.db"
    models.mkdir()
    elsewhere.parent.mkdir()
    (models / "m.tar.gz").write_bytes(b"model")
    (models / "m.json").write_text("{}")
    (models / "current").symlink_to("m.tar.gz")
    with sqlite3.connect(elsewhere) as db:
        db.execute("CREATE TABLE orders (no TEXT)")
    settings = {
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": "",
        "ORDERS_DATABASE_URL": f"sqlite:///{elsewhere}",
    }
    outside = outside_databases(settings)
    assert outside == {"ORDERS_DATABASE_URL": elsewhere}
    archive = do_backup(data_dir, tmp_path / "b.tar.gz", models, outside)
    with sqlite3.connect(elsewhere) as db:
        db.execute("INSERT INTO orders VALUES ('later')")
    moved = tmp_path / "other-models"
    aside = do_restore(data_dir, archive, moved, outside)
    assert aside is not None
    assert (moved / "current").resolve().read_bytes() == b"model"
    with sqlite3.connect(elsewhere) as db, sqlite3.connect(aside / "orders.db") as old:
        assert db.execute("SELECT count(*) FROM orders").fetchone() == (0,)
        assert old.execute("SELECT no FROM orders").fetchone() == ("later",)
    assert not (data_dir / "trained-models").exists()


@pytest.mark.parametrize("part", [0.0, 0.01, 0.5, 0.999])
def test_a_file_that_is_cut_off_is_one_line_and_changes_nothing(
    data_dir: Path, tmp_path: Path, part: float
) -> None:
    (data_dir / "uploads" / "b.mp4").write_bytes(random.Random(1).randbytes(200_000))
    whole = do_backup(data_dir, tmp_path / "b.tar.gz").read_bytes()
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(whole[: int(len(whole) * part)])
    before = _files(data_dir)
    with pytest.raises(PreflightError) as caught:
        do_restore(data_dir, cut)
    assert "\n" not in str(caught.value)
    assert str(cut) in str(caught.value)
    assert _files(data_dir) == before


def _files(folder: Path) -> dict[str, bytes]:
    """Everything but SQLite's own, which a garbage collector may close any time."""
    return {
        str(one): one.read_bytes() for one in folder.rglob("*") if one.is_file() and ".db" not in one.name
    }


def _member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    one = tarfile.TarInfo(name)
    one.type, one.linkname = kind, link
    return one


@pytest.mark.parametrize(
    "member",
    [
        _member("../outside"),
        _member("/etc/cron.d/anke"),
        _member("uploads/../../outside"),
        _member("uploads", tarfile.SYMTYPE, "/etc"),
        _member("uploads/x", tarfile.SYMTYPE, "../../outside"),
        _member("device", tarfile.CHRTYPE),
        _member("hard", tarfile.LNKTYPE, "/etc/passwd"),
    ],
    ids=lambda one: f"{one.name}-{one.type.decode()}",
)
def test_a_foreign_archive_writes_nowhere(data_dir: Path, tmp_path: Path, member: tarfile.TarInfo) -> None:
    evil = tmp_path / "evil.tar.gz"
    with tarfile.open(evil, "w:gz") as tar:
        tar.add(data_dir / "version", arcname="version")
        tar.addfile(member)
    with pytest.raises(PreflightError, match="not a backup of Anke"):
        do_restore(data_dir, evil)
    assert (data_dir / "uploads" / "a.jpg").exists()
    assert not list(tmp_path.rglob("outside"))


def test_an_archive_without_our_mark_is_told(data_dir: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "photos.tar.gz"
    with tarfile.open(foreign, "w:gz") as tar:
        tar.add(data_dir / "uploads", arcname="photos")
    with pytest.raises(PreflightError, match="not a backup of Anke"):
        check_archive(foreign)
    with pytest.raises(PreflightError, match="does not exist"):
        check_archive(tmp_path / "none.tar.gz")


def test_pictures_in_a_bucket_are_named_as_left_out(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"UPLOADS": "s3://photos/anke", "S3_KEY_ID": "anke", "S3_SECRET_KEY": "secret-of-the-bucket"}
    for name, value in (told | {"DATA_DIR": str(data_dir)}).items():
        monkeypatch.setenv(name, value)
    assert main(["save", str(tmp_path / "b.tar.gz")]) == 0
    assert "s3://photos/anke: they are not in this file" in capsys.readouterr().out
