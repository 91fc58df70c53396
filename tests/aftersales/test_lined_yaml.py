"""YAML with line numbers: a process that reads a file anew with every change of it keeps nothing of the readings before."""

import gc
from pathlib import Path

from aftersales.lined_yaml import read_lined


def test_reading_a_file_again_keeps_nothing(tmp_path: Path) -> None:
    file = tmp_path / "policy.yml"
    file.write_text("\n".join(f"key_{n}: [{n}, word, 2026-10-01]" for n in range(200)), encoding="utf-8")

    def objects_after_reading() -> int:
        read_lined(file)
        gc.collect()
        return len(gc.get_objects())

    first = objects_after_reading()
    assert max(objects_after_reading() for _ in range(5)) - first < 100
