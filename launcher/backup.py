"""`make backup` and `make restore`: DATA_DIR as one file, consistent while the service runs.

SQLite files are copied by SQLite's own backup (a consistent snapshot under writers); uploads come after the
database, because a file is always written before the row that names it.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
import sys
import tarfile
import tempfile
from pathlib import Path

from launcher.env_file import SettingError
from launcher.preflight import DATA_VERSION, PreflightError, do_lock
from launcher.settings import resolve

LEFT_OUT = {"log", "lock", "run.json", "valkey.sock", "bench", "eval", "metrics", "model", "last-good"}


def do_backup(data_dir: Path, target: Path) -> Path:
    """Write DATA_DIR into `target` (.tar.gz, mode 0600: it holds secrets and customers' data).

    Raises PreflightError when there is nothing to back up or the target cannot be written.
    """
    if not (data_dir / "version").exists():
        raise PreflightError(f"{data_dir} holds no installation to back up.")
    part = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=data_dir.parent) as scratch:
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as out, tarfile.open(fileobj=out, mode="w:gz") as archive:
                for database in sorted(data_dir.glob("*.db")):
                    copy = Path(scratch) / database.name
                    with sqlite3.connect(database) as source, sqlite3.connect(copy) as snapshot:
                        source.backup(snapshot)
                    archive.add(copy, arcname=database.name)
                for path in sorted(data_dir.iterdir()):
                    if path.name in LEFT_OUT or ".db" in path.name or path.is_socket():
                        continue
                    archive.add(path, arcname=path.name)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise PreflightError(f"{target} cannot be written: {error.strerror}.") from None
    return target


def check_archive(archive: Path) -> None:
    """The file is a backup of ours that this code can read.

    Raises PreflightError with one line otherwise.
    """
    try:
        with tarfile.open(archive) as tar:
            member = tar.extractfile("version")
            version = member.read().decode().strip() if member else ""
    except (OSError, tarfile.TarError, KeyError):
        raise PreflightError(f"{archive} is not a backup of Anke.") from None
    if not version.isdigit() or int(version) > DATA_VERSION:
        raise PreflightError(
            f"{archive} was written by a newer Anke (data version {version}, this code knows {DATA_VERSION}); update the code."
        )


def do_restore(data_dir: Path, archive: Path) -> Path | None:
    """Replace DATA_DIR by the archive; what was there is moved aside and its new path returned.

    Raises PreflightError when the service runs on DATA_DIR or the archive cannot be used; then nothing changed.
    """
    check_archive(archive)
    do_lock(data_dir).close()  # refused while an instance runs
    fresh = data_dir.with_name(f"{data_dir.name}.restoring")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    with tarfile.open(archive) as tar:
        tar.extractall(fresh, filter="data")
    stamp = dt.datetime.now(dt.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    aside = data_dir.with_name(f"{data_dir.name}.before-{stamp}")
    data_dir.rename(aside)
    fresh.rename(data_dir)
    return aside


def main(words: list[str]) -> int:
    verb = words[0] if words else ""
    file = words[1] if len(words) > 1 else ""
    try:
        settings = resolve(os.environ)
        data_dir = Path(settings["DATA_DIR"])
        if verb == "save":
            stamp = dt.datetime.now(dt.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
            done = do_backup(data_dir, Path(file or f"anke-backup-{stamp}.tar.gz").resolve())
            print(f"anke: backup written to {done}")
            if settings["DATABASE_URL"].startswith("postgres"):
                print(
                    "anke: DATABASE_URL is PostgreSQL: back that database up with pg_dump; it is not in this file."
                )
        elif verb == "restore" and file:
            aside = do_restore(data_dir, Path(file).resolve())
            print(f"anke: restored into {data_dir}; what was there is now {aside}")
        else:
            print("anke: make backup [FILE=…] or make restore FILE=…", file=sys.stderr)
            return 2
    except (SettingError, PreflightError) as error:
        print(f"anke: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
