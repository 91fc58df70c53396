"""The settings written in `.env`. Standard library only and for any Python 3: the set-up reads it before anything is there."""

from __future__ import annotations

from pathlib import Path


class SettingError(Exception):
    """A setting that cannot be used; the message is one line for the operator."""


def read_env_file(path: Path) -> dict[str, str]:
    """KEY=value lines of a .env file; blank lines and # comments are skipped.

    Raises SettingError naming the line that is not KEY=value.
    """
    values: dict[str, str] = {}
    if not path.exists():
        return values
    try:
        written = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{path.name} cannot be read as UTF-8 text: {error}") from None
    for number, line in enumerate(written.splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        key, sign, value = text.removeprefix("export ").partition("=")
        if not sign:
            raise SettingError(f"{path.name} line {number} is not KEY=value: {text[:40]}")
        values[key.strip()] = value.strip().strip("\"'")
    return values
