"""`make pictures`: the manuals' pictures (docs/images), taken anew by the browser tests that walk through those pages.

python -m tests.web.pictures          # all of them
python -m tests.web.pictures wall     # some
"""

import shutil
import subprocess
import sys

from tests.helpers.processes import ROOT

TAKEN = {
    "console": ("09-console-chat", "tests/web/test_story.py"),
    "wall": ("wall", "tests/web/test_office.py"),
    "history": ("history", "tests/web/test_office.py"),
    "quality": ("quality", "tests/web/test_office.py"),
    "outbox": ("60-outbox-light", "tests/web/test_office.py"),
    "together": ("38-joined-light", "tests/web/test_beside.py"),
    "suggested": ("40-suggested-light", "tests/web/test_beside.py"),
}
"""Picture of docs/images: what the test calls it, and the test's file."""


def main(names: list[str]) -> int:
    wanted = {name: TAKEN[name] for name in names or TAKEN if name in TAKEN}
    if unknown := [name for name in names if name not in TAKEN]:
        print(f"anke: no picture {unknown[0]}; there are {', '.join(TAKEN)}", file=sys.stderr)
        return 2
    artefacts = ROOT / "tests" / "artefacts"
    for taken, _ in wanted.values():
        (artefacts / f"{taken}.png").unlink(missing_ok=True)
    files = sorted({file for _, file in wanted.values()})
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", *files], cwd=ROOT, check=False).returncode
    for name, (taken, _) in wanted.items():
        made = artefacts / f"{taken}.png"
        if not made.is_file():
            print(f"anke: {name} was not taken", file=sys.stderr)
            done = done or 1
            continue
        shutil.copyfile(made, ROOT / "docs" / "images" / f"{name}.png")
    return done


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
