"""What is checked before anything starts, so that a broken installation says one clear line (exit code 2)."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import subprocess
from datetime import date
from pathlib import Path
from typing import IO

from launcher.files import write_whole
from launcher.settings import ROOT

DATA_VERSION = 1  # layout of DATA_DIR; older code refuses a newer one
MIN_FREE_BYTES = 300 * 1024 * 1024
MIN_FREE_FILES = 200
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


#: Exit codes: a person must mend something first (systemd does not try again); the disk is full (it does).
CANNOT_RUN, DISK_FULL = 2, 74


class PreflightError(Exception):
    """Why the service cannot start here; one line for the operator."""

    exit_code = CANNOT_RUN


class DiskFullError(PreflightError):
    """There is no space now; a later start may find some."""

    exit_code = DISK_FULL


def explained(error: OSError) -> PreflightError:
    """A failed look at or write to a file as one line."""
    what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
    return (DiskFullError if error.errno in FULL else PreflightError)(f"{what}.")


def do_lock(data_dir: Path) -> IO[str]:
    """Make DATA_DIR ours: one instance per folder, held as long as the returned file is open.

    Raises PreflightError when another instance holds it or the folder cannot be written.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        os.chmod(data_dir, 0o700)
        lock = (data_dir / "lock").open("a+")
    except OSError as error:
        refused = DiskFullError if error.errno in FULL else PreflightError
        raise refused(f"DATA_DIR {data_dir} cannot be written: {error.strerror}.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise PreflightError(
            f"another Anke already runs on DATA_DIR {data_dir}; stop it or choose another DATA_DIR."
        ) from None
    return lock


def check_data_version(data_dir: Path) -> None:
    """Refuse data written by newer code; mark a new folder with today's version."""
    path = data_dir / "version"
    if not path.exists():
        write_whole(path, f"{DATA_VERSION}\n")
        return
    text = path.read_text().strip()
    if not text.isdigit():
        raise PreflightError(f"{path} is not a number: {text[:20]!r}.")
    if int(text) > DATA_VERSION:
        raise PreflightError(
            f"{data_dir} was written by a newer Anke (data version {text}, this code knows {DATA_VERSION}); update the code."
        )


def check_port_free(host: str, port: int) -> None:
    """The public port can be bound. SO_REUSEPORT is left out on purpose: a foreign listener must be noticed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PreflightError(
                f"port {port} on {host} cannot be used ({error.strerror}); set PORT to a free one."
            ) from None


def check_disk(data_dir: Path) -> None:
    """Room for a start and a while of running.

    Raises DiskFullError when it is not there.
    """
    there = os.statvfs(data_dir)
    free = there.f_bavail * there.f_frsize
    if free < MIN_FREE_BYTES:
        raise DiskFullError(
            f"the disk is full: {free // 2**20} MB free under {data_dir}, at least {MIN_FREE_BYTES // 2**20} MB are needed."
        )
    if there.f_files and there.f_favail < MIN_FREE_FILES:  # some file systems count none
        raise DiskFullError(f"the disk is full: it has no room for more files under {data_dir}.")


def check_policy(root: Path = ROOT, today: date | None = None) -> str | None:
    """The rules of the data/ below `root` load; their own message names file and line. Returns what an operator should know,
    if anything."""
    from aftersales.categories import CategoryError, load_categories
    from aftersales.policy import PolicyError, load_policy

    try:
        codes = frozenset(load_categories(root / "data" / "categories.yml").by_code)
        policy = load_policy(root / "data" / "policy", categories=codes)
    except (PolicyError, CategoryError) as error:
        raise PreflightError(str(error).splitlines()[0]) from None
    year = policy.hours.unknown_year(today or date.today())
    if year is None:
        return None
    return (
        f"the working weekends (调休) of {year} are not known to this version: only statutory holidays count then. "
        "Update, or write them into holidays of policy/hours.yml in STORE_DIR."
    )


def check_bot_python(executable: Path) -> None:
    """The bot's environment exists and is Python 3.10 (it is not run further: importing Rasa takes seconds)."""
    try:
        done = subprocess.run(
            [str(executable), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        version = done.stdout.strip()
    except OSError:
        version = ""
    if version != "3.10":
        raise PreflightError(f"{executable} is not a Python 3.10; run `make run`, which sets it up.")


def free_port() -> int:
    """A loopback port nobody listens on now, for a child."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
