"""`anke upgrade` in a small checkout with a remote: prepared beside, switched when stopped, everything back when it fails.

What takes minutes (set-up, training) and the trial start are stood in for; git, backup, restore and the parts are real."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from launcher import upgrade
from launcher.preflight import DATA_VERSION, do_lock

GIT = ["git", "-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false"]


def git(folder: Path, *words: str) -> str:
    return subprocess.run(
        [*GIT, *words], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def commit(folder: Path, text: str) -> str:
    (folder / "code.py").write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", text)
    return git(folder, "rev-parse", "HEAD")


class Checkout:
    """An installation of version one; version two waits at its remote."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.remote, self.root, self.data = folder / "remote", folder / "anke", folder / "data"
        self.remote.mkdir()
        git(self.remote, "init", "-qb", "main")
        for name in ("service", "dev", "bot"):
            path = self.remote / f"requirements/{name}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_text("one")
        (self.remote / "web").mkdir()
        for name in ("package.json", "package-lock.json"):
            (self.remote / "web" / name).write_text("{}")
        (self.remote / ".gitignore").write_text(
            "/.venv\n/.venv-bot\n/.cache/\n/models/\n/handoff/static/\nnode_modules\n/.env\n"
        )
        self.one = commit(self.remote, "one")
        git(folder, "clone", "-q", str(self.remote), str(self.root))
        for part in (".venv/bin", ".venv-bot", "web/node_modules", "handoff/static", ".cache", "models"):
            (self.root / part).mkdir(parents=True)
            (self.root / part / "made-of").write_text("one")
        (self.root / "models/m1.tar.gz").write_text("model one")
        (self.root / "models/m1.json").write_text("{}")
        (self.root / "models/current").symlink_to("m1.tar.gz")
        (self.root / ".cache/web.stamp").write_text("one")
        self.data.mkdir()
        (self.data / "version").write_text(f"{DATA_VERSION}\n")
        (self.data / "secrets.json").write_text('{"kept": true}')
        (self.remote / "requirements/bot.txt").write_text("two")
        self.two = commit(self.remote, "two")
        patch.setattr(upgrade, "ROOT", self.root)
        patch.setattr(upgrade, "NEXT", self.root / ".cache/next")
        patch.setattr(upgrade, "PREVIOUS", self.root / ".cache/previous")
        patch.setattr(upgrade, "_step", self._step)
        patch.setattr(upgrade, "_failure_of_trial", self._trial)
        patch.setenv("DATA_DIR", str(self.data))
        patch.setenv("ANKE_MODELS_DIR", str(self.root / "models"))
        self.steps: list[str] = []
        self.failure = ""

    def _step(self, what: str, command: list[str], env: dict[str, str]) -> None:
        """What the set-up of version two leaves in .cache/next."""
        self.steps.append(what)
        made = self.root / ".cache/next"
        assert (made / "code.py").read_text() == "two"
        assert (made / ".venv").is_symlink(), "its list is the same"
        if "training" in what:
            (made / ".venv-bot").mkdir()
            (made / ".venv-bot/made-of").write_text("two")
            (made / "handoff/static/made-of").write_text("two")
            (made / ".cache/web.stamp").write_text("two")
            models = Path(env["ANKE_MODELS_DIR"])
            (models / "m2.tar.gz").write_text("model two")
            (models / "m2.json").write_text("{}")
            (models / "current").unlink()
            (models / "current").symlink_to("m2.tar.gz")

    def _trial(self) -> str:
        """Version two migrates what it finds."""
        assert self.seen() == self.version("two", self.two)
        (self.data / "secrets.json").write_text('{"migrated": true}')
        return self.failure

    def seen(self) -> dict[str, str]:
        parts = (".venv", ".venv-bot", "web/node_modules", "handoff/static")
        return {
            "head": git(self.root, "rev-parse", "HEAD"),
            "branch": git(self.root, "rev-parse", "--abbrev-ref", "HEAD"),
            "code": (self.root / "code.py").read_text(),
            **{
                part: next((self.root / part).rglob("made-of"), Path("/nothing")).read_text()
                for part in parts
            },
            "stamp": (self.root / ".cache/web.stamp").read_text(),
            "model": (self.root / "models/current").read_text(),
        }

    def version(self, text: str, head: str) -> dict[str, str]:
        same = dict.fromkeys((".venv", "web/node_modules"), "one")
        changed = dict.fromkeys(("code", ".venv-bot", "handoff/static", "stamp"), text)
        return {"head": head, "branch": "main", **same, **changed, "model": f"model {text}"}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    made = Checkout(tmp_path, monkeypatch)
    (made.root / ".venv/bin/made-of").write_text("one")
    return made


def test_prepared_while_it_runs_switched_when_it_is_stopped(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    with do_lock(checkout.data):
        assert upgrade.main([]) == 3
        assert checkout.seen() == checkout.version("one", checkout.one), "nothing has changed"
    steps = len(checkout.steps)
    assert upgrade.main([]) == 0
    assert len(checkout.steps) == steps, "what was prepared is not made again"
    assert checkout.seen() == checkout.version("two", checkout.two)
    assert list((checkout.data / "backups").glob("*.tar.gz"))
    assert not (checkout.root / ".cache/next").exists()
    assert not (checkout.root / ".cache/previous").exists()
    assert upgrade.main([]) == 0
    assert "nothing to do" in capsys.readouterr().out


def test_a_version_that_does_not_start_leaves_everything_as_it_was(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout.failure = "the bot refuses its model."
    assert upgrade.main([]) == 1
    assert checkout.seen() == checkout.version("one", checkout.one)
    assert (checkout.data / "secrets.json").read_text() == '{"kept": true}', "its data went back, too"
    said = capsys.readouterr().err
    assert (
        said
        == "anke: the new version did not start: the bot refuses its model. The old one is in place again.\n"
    )
    checkout.failure = ""
    assert upgrade.main([]) == 0, "and it can be tried again"
    assert checkout.seen() == checkout.version("two", checkout.two)


def test_a_move_that_fails_halfway_is_undone(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(upgrade, "_take_model", no_space)
    assert upgrade.main([]) == 1
    assert checkout.seen() == checkout.version("one", checkout.one)


@pytest.mark.parametrize("why", ["changed", "own", "unknown", "postgres"])
def test_what_cannot_be_done_is_one_line_and_changes_nothing(
    checkout: Checkout, why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words, hint, before = [], "", checkout.seen()
    match why:
        case "changed":
            (checkout.root / "requirements/dev.txt").write_text("mine")
            hint = "commit them first"
        case "own":
            git(checkout.root, "commit", "-q", "--allow-empty", "-m", "mine")
            hint, before = "rebase", checkout.seen()
        case "unknown":
            words, hint = ["v9.9"], "git rev-parse"
        case "postgres":
            monkeypatch.setenv("DATABASE_URL", "postgresql://a:b@db/anke")
            hint = "pg_dump"
    assert upgrade.main(words) == 1
    said = capsys.readouterr().err
    assert (hint in said, said.count("\n")) == (True, 1), said
    assert checkout.seen() == before
