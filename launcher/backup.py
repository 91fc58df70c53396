"""`make backup` and `make restore`: DATA_DIR, STORE_DIR and the trained model as one file, consistent while the service runs.

SQLite files are copied by SQLite's own backup (a consistent snapshot under writers); uploads come after the
database, because a file is always written before the row that names it. Only DATA_DIR is written to: its parent may
belong to root, and DATA_DIR may be a mount point, so a restore moves what is in it and never the folder itself.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import sqlite3
import sys
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from launcher.env_file import SettingError
from launcher.model_pointer import point
from launcher.overlay import store_of
from launcher.preflight import DATA_VERSION, PreflightError, do_lock
from launcher.settings import resolve

BACKUPS = "backups"
DATABASES = ("DATABASE_URL", "ORDERS_DATABASE_URL")
#: Made anew by every start, or of this one place.
LEFT_OUT = {
    "log",
    "lock",
    "run.json",
    "valkey.sock",
    "bench",
    "eval",
    "metrics",
    "model",
    "in-use",
    BACKUPS,
}
#: In the archive only: DATA_DIR has no folder of that name.
MODELS = "trained-models"
STORE = "store-data"
OUTSIDE = "databases-elsewhere"
RESTORING = ".restoring"
BEFORE = "before-"


def new_backup_path(data_dir: Path) -> Path:
    return data_dir / BACKUPS / f"anke-backup-{_stamp()}.tar.gz"


def _stamp() -> str:
    return dt.datetime.now(dt.timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def do_backup(
    data_dir: Path,
    target: Path,
    models: Path | None = None,
    outside: Mapping[str, Path] | None = None,
    store: Path | None = None,
) -> Path:
    """Write DATA_DIR (and the current model of `models`, SQLite files that lie elsewhere, by the setting that names them, and
    the store's own data in `store`) into `target` (.tar.gz, mode 0600: secrets and customers' data).

    Raises PreflightError when there is nothing to back up or the target cannot be written.
    """
    if not (data_dir / "version").exists():
        raise PreflightError(f"{data_dir} holds no installation to back up (or this user may not read it).")
    part = target.with_name(target.name + ".part")
    try:
        if target.parent == data_dir / BACKUPS:
            target.parent.mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=data_dir) as scratch:
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with (
                os.fdopen(handle, "wb") as out,
                tarfile.open(fileobj=out, mode="w:gz", compresslevel=5) as archive,
            ):
                archive.add(data_dir / "version", arcname="version")  # first: a look at it reads no further
                databases = {one.name: one for one in sorted(data_dir.glob("*.db"))}
                databases |= {f"{OUTSIDE}/{name}": path for name, path in (outside or {}).items()}
                for name, database in databases.items():
                    copy = Path(scratch) / "snapshot.db"
                    with (
                        contextlib.closing(sqlite3.connect(database)) as source,
                        contextlib.closing(sqlite3.connect(copy)) as snapshot,
                    ):
                        source.backup(snapshot)
                    archive.add(copy, arcname=name)
                    copy.unlink()
                for path in sorted(data_dir.iterdir()):
                    if path.name != "version" and _is_kept(path):
                        _add(archive, path, path.name)
                for path in _current_model(models):
                    archive.add(path, arcname=f"{MODELS}/{path.name}")
                if store is not None and not store.is_relative_to(data_dir):
                    archive.add(store, arcname=STORE, recursive=False)
                    for path in _store_files(store):
                        _add(archive, path, f"{STORE}/{path.name}")
        part.replace(target)
    except sqlite3.Error as error:
        part.unlink(missing_ok=True)
        raise PreflightError(f"a database of {data_dir} cannot be read: {error}.") from None
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise PreflightError(f"{error.filename or target} cannot be used: {error.strerror}.") from None
    return target


def _add(archive: tarfile.TarFile, path: Path, name: str) -> None:
    """A file, or a folder with what is in it; a file that is deleted meanwhile (an old upload) is left out."""
    with contextlib.suppress(FileNotFoundError):
        archive.add(path, arcname=name, recursive=False)
        if path.is_dir() and not path.is_symlink():
            for one in sorted(path.iterdir()):
                _add(archive, one, f"{name}/{one.name}")


def _is_kept(path: Path) -> bool:
    """Part of a backup, apart from databases: not what a start makes anew, nor what an earlier restore moved aside."""
    name = path.name
    return not (name in LEFT_OUT or ".db" in name or name.startswith((".", BEFORE)) or path.is_socket())


def _current_model(models: Path | None) -> Iterator[Path]:
    """The model in use, what is known about it, and the link that says so."""
    if models is None or not (models / "current").is_symlink():
        return
    yield models / "current"
    name = os.readlink(models / "current")
    for one in (models / name, models / f"{name.removesuffix('.tar.gz')}.json"):
        if one.is_file():
            yield one


def _store_files(store: Path) -> list[Path]:
    """What lies in STORE_DIR, but for what version control keeps there."""
    return sorted(one for one in store.iterdir() if not one.name.startswith("."))


def check_archive(archive: Path) -> None:
    """The file is a backup of ours that this code can read, from its first byte to its last.

    Raises PreflightError with one line otherwise.
    """
    try:
        with tarfile.open(archive) as tar:
            member = tar.extractfile("version")
            version = member.read(20).decode().strip() if member else ""
            for one in tar:  # reads it through: a file that was cut off is noticed before anything is touched
                _check_member(archive, one)
    except FileNotFoundError:
        raise PreflightError(f"{archive} does not exist.") from None
    except PermissionError:
        raise PreflightError(f"{archive} cannot be read by this user.") from None
    except EOFError:
        raise PreflightError(f"{archive} is cut off: it was not written or copied to its end.") from None
    except (OSError, tarfile.TarError, KeyError, UnicodeDecodeError, zlib.error):
        raise PreflightError(f"{archive} is not a backup of Anke, or it is damaged.") from None
    if not version.isdigit():
        raise PreflightError(f"{archive} is not a backup of Anke.")
    if int(version) > DATA_VERSION:
        raise PreflightError(
            f"{archive} was written by a newer Anke (data version {version}, this code knows {DATA_VERSION}); update the code."
        )


def _check_member(archive: Path, member: tarfile.TarInfo) -> None:
    """Only files, folders and links that stay inside: our backups have no others, and `filter=` is missing in Python
    3.11.0 to 3.11.3."""
    parts = Path(member.name).parts
    link = Path(member.linkname).parts if member.issym() else ()
    outside = (
        Path(member.name).is_absolute() or ".." in parts or ".." in link or Path(*link or ".").is_absolute()
    )
    if outside or not (member.isfile() or member.isdir() or member.issym()):
        raise PreflightError(f"{archive} is not a backup of Anke: {member.name!r} does not belong into one.")


def _unpack(archive: Path, folder: Path) -> None:
    """Everything into `folder`, owned by us, readable by nobody else."""
    with tarfile.open(archive) as tar:
        for member in tar:
            target = folder / member.name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if member.isdir():
                target.mkdir(mode=0o700, exist_ok=True)
            elif member.issym():
                target.symlink_to(member.linkname)
            elif (source := tar.extractfile(member)) is not None:
                handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with source, os.fdopen(handle, "wb") as out:
                    shutil.copyfileobj(source, out, 1 << 20)


def do_restore(
    data_dir: Path,
    archive: Path,
    models: Path | None = None,
    outside: Mapping[str, Path] | None = None,
    store: Path | None = None,
) -> Path | None:
    """Replace what is in DATA_DIR by the archive (and put its model into `models`, its SQLite files from elsewhere where the
    settings `outside` name them now, the store's own data into `store`); what was there is moved into a folder before-… of
    DATA_DIR, whose path is returned. Earlier backups stay where they are.

    Raises PreflightError when the service runs on DATA_DIR or the archive cannot be used; then nothing changed.
    """
    check_archive(archive)
    with do_lock(data_dir):  # refused while an instance runs
        fresh = data_dir / RESTORING
        try:
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(mode=0o700)
            _unpack(archive, fresh)
            if (fresh / MODELS).is_dir():
                if models is not None:
                    _put_model(fresh / MODELS, models)
                shutil.rmtree(fresh / MODELS)
            aside = _new_folder(data_dir, f"{BEFORE}{_stamp()}")
            for name, target in (outside or {}).items():
                if (fresh / OUTSIDE / name).exists():
                    _put_database(fresh / OUTSIDE / name, target, aside)
            if store is not None and (fresh / STORE).is_dir():
                _put_store(fresh / STORE, store, aside)
            with contextlib.suppress(OSError):
                (fresh / OUTSIDE).rmdir()  # left, in DATA_DIR, is what no setting has a place for now
            for one in sorted(data_dir.iterdir()):
                if (
                    one.name not in ("lock", BACKUPS, RESTORING)
                    and not one.name.startswith(BEFORE)
                    and one != archive
                ):
                    one.rename(aside / one.name)
            for one in sorted(fresh.iterdir()):
                one.rename(data_dir / one.name)
            fresh.rmdir()
        except OSError as error:
            raise PreflightError(
                f"{error.filename or data_dir} cannot be written: {error.strerror}; what was there is in "
                f"{data_dir} or its folders {BEFORE}…"
            ) from None
    return aside


def _new_folder(data_dir: Path, name: str) -> Path:
    """One that was not there: two restores may fall into one second."""
    number = 1
    while True:
        folder = data_dir / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            number += 1
        else:
            return folder


def _put_database(source: Path, target: Path, aside: Path) -> None:
    """A SQLite file where a setting wants it; what was there (with its journal) is kept in `aside`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for end in ("", "-wal", "-shm"):
        old = target.with_name(target.name + end)
        if old.exists():
            shutil.move(old, aside / old.name)
    shutil.move(source, target)


def _put_store(source: Path, store: Path, aside: Path) -> None:
    """The store's own data into STORE_DIR, which may be a mount point; what was there is kept in `aside`."""
    store.mkdir(parents=True, exist_ok=True)
    (aside / STORE).mkdir(mode=0o700)
    for old in _store_files(store):
        shutil.move(old, aside / STORE / old.name)
    for one in _store_files(source):
        shutil.move(one, store / one.name)
    source.rmdir()


def _put_model(from_archive: Path, models: Path) -> None:
    models.mkdir(parents=True, exist_ok=True)
    for one in sorted(from_archive.iterdir()):
        target = models / one.name
        if one.is_symlink():
            if target.is_symlink() and os.readlink(target) == os.readlink(one):
                continue
            point(target, os.readlink(one))
        elif not target.exists():
            shutil.copy2(one, target)


def main(words: list[str]) -> int:
    verb = words[0] if words else ""
    file = words[1] if len(words) > 1 else ""
    try:
        settings = resolve(os.environ)
        data_dir, models = Path(settings["DATA_DIR"]), Path(settings["ANKE_MODELS_DIR"])
        if verb == "save":
            outside = outside_databases(settings)
            target = Path(file).resolve() if file else new_backup_path(data_dir)
            done = do_backup(data_dir, target, models, outside, _store_there(settings))
            print(
                f"anke: backup written to {done} ({done.stat().st_size // 2**20} MB); keep a copy on another machine"
            )
            for line in _elsewhere(settings):
                print(f"anke: {line}")
        elif verb == "restore" and file:
            aside = do_restore(data_dir, Path(file).resolve(), models, _outside(settings), store_of(settings))
            print(f"anke: restored into {data_dir}; what was there is now {aside}")
            for left in sorted((data_dir / OUTSIDE).glob("*")):
                print(
                    f"anke: {left.name} names no SQLite file elsewhere now; the database that it named is {left}"
                )
            if (data_dir / STORE).is_dir():
                print(f"anke: STORE_DIR is not set; the store's own data of the backup is {data_dir / STORE}")
            for line in _elsewhere(settings):
                print(f"anke: {line}")
        else:
            print("anke: make backup [FILE=…] or make restore FILE=…", file=sys.stderr)
            return 2
    except (SettingError, PreflightError) as error:
        print(f"anke: {error}", file=sys.stderr)
        return 2
    return 0


def outside_databases(settings: Mapping[str, str]) -> dict[str, Path]:
    """SQLite files outside DATA_DIR that settings name and that are there."""
    return {name: path for name, path in _outside(settings).items() if path.is_file()}


def _outside(settings: Mapping[str, str]) -> dict[str, Path]:
    data_dir = Path(settings["DATA_DIR"])
    urls = {name: settings[name] for name in DATABASES if settings[name].startswith("sqlite")}
    paths = {name: Path(url.partition(":///")[2]) for name, url in urls.items()}
    return {name: path for name, path in paths.items() if path.parent != data_dir}


def _store_there(settings: Mapping[str, str]) -> Path | None:
    store = store_of(settings)
    return store if store is not None and store.is_dir() else None


def _elsewhere(settings: Mapping[str, str]) -> Iterator[str]:
    """What is not in the file."""
    if settings["STORE_DIR"] and _store_there(settings) is None:
        yield f"STORE_DIR {settings['STORE_DIR']} is not there: it is not in this file."
    for name in DATABASES:
        if settings[name].startswith("postgres"):
            yield f"{name} is PostgreSQL: it is not in this file; use pg_dump and pg_restore for it."
    if settings["UPLOADS"].startswith("s3://"):
        yield f"pictures and videos lie in {settings['UPLOADS']}: they are not in this file; let the bucket keep versions."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
