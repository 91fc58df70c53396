"""A real file system of its own (tmpfs) that can be filled to the last byte and given space again."""

import contextlib
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class SmallDisk:
    """The mounted folder. `size` is what mount understands, such as 600m."""

    def __init__(self, path: Path, size: str) -> None:
        self.path, self.size = path, size

    def fill(self) -> None:
        """From now on nothing fits any more: the disk is made as small as what lies on it."""
        used = subprocess.run(
            ["df", "-k", "--output=used", self.path], check=True, capture_output=True, text=True
        ).stdout.split()[-1]
        self._resize(f"{max(int(used), 4)}k")  # a size of 0 would be no limit
        with contextlib.suppress(OSError), (self.path / "filler").open("wb", buffering=0) as filler:
            while filler.write(b"x" * 4096):
                pass

    def takes(self, size: int) -> bool:
        """Whether so many bytes more would be kept."""
        trial = self.path / "trial"
        try:
            with trial.open("wb", buffering=0) as out:
                return out.write(b"x" * size) == size
        except OSError:
            return False
        finally:
            trial.unlink(missing_ok=True)

    def empty(self) -> None:
        """There is space again."""
        self._resize(self.size)
        (self.path / "filler").unlink()

    def _resize(self, size: str) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", self.path], check=True)


@contextmanager
def small_disk(size: str) -> Iterator[SmallDisk]:
    """Mounted until the end. Only root may mount: elsewhere the test is skipped, and the summary of the run says so."""
    with tempfile.TemporaryDirectory(prefix="anke-disk-") as folder:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder],
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            reason = (
                f"a full disk was not tried: a file system cannot be mounted here ({done.stderr.strip()})"
            )
            warnings.warn(reason, stacklevel=3)
            pytest.skip(reason)
        try:
            yield SmallDisk(Path(folder), size)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
