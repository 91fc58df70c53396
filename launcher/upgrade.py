"""`anke upgrade [REF]`: newer code, prepared beside the running one, switched in half a minute, with a way back.

The same command is given twice. While the service runs it prepares: fetches REF (default: the branch's upstream) into
.cache/next, installs, builds, checks the texts and trains there. With the service stopped it switches: backs DATA_DIR up,
puts the prepared parts in place, starts the new version on a loopback port where nobody can reach it (that migrates the
databases) and waits until it is ready. If it is not, everything is put back as it was, data included.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx

from launcher.backup import do_backup, do_restore, new_backup_path, outside_databases
from launcher.env_file import SettingError
from launcher.model_pointer import point
from launcher.preflight import PreflightError, do_lock, free_port
from launcher.settings import ROOT, resolve

NEXT = ROOT / ".cache" / "next"
PREVIOUS = ROOT / ".cache" / "previous"
READY_S = 180.0
#: What is built, with the files it is built from: unchanged, the old one is taken over as it is.
BUILT = {
    ".venv": ("requirements/service.txt", "requirements/dev.txt"),
    ".venv-bot": ("requirements/bot.txt",),
    "web/node_modules": ("web/package.json", "web/package-lock.json"),
}
STATIC = "handoff/static"


class UpgradeError(Exception):
    """Why it did not happen; one line. Nothing has changed, or everything has been put back."""


def say(line: str) -> None:
    print(f"[upgrade] {line}", flush=True)


def git(*words: str) -> str:
    """Its output. UpgradeError with its last line when it fails."""
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        raise UpgradeError("git is not installed.") from None
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
        raise UpgradeError(f"git {words[0]}: {lines[-1]}")
    return done.stdout.strip()


def wanted_commit(ref: str | None) -> str:
    """The commit to go to. UpgradeError when the checkout has changes of its own that would be lost or in the way."""
    changed = git("status", "--porcelain", "--untracked-files=no").splitlines()
    if changed:
        raise UpgradeError(
            f"{changed[0][3:]}{f' and {len(changed) - 1} more files' if changed[1:] else ''} changed in this checkout: "
            "commit them first (git commit), so that they are carried over and nothing is lost."
        )
    if git("remote"):
        say("fetching …")
        git("fetch", "--quiet", "--tags")
    commit = git("rev-parse", "--verify", "--quiet", f"{ref or '@{upstream}'}^{{commit}}")
    own = git("rev-list", f"{commit}..HEAD").splitlines()
    if own and ref is None:
        raise UpgradeError(
            f"{len(own)} commits of this checkout are not in the new version: `git rebase @{{upstream}}` first, then "
            "`anke upgrade HEAD` makes it current."
        )
    return commit


def prepare(commit: str, settings: dict[str, str]) -> None:
    """Everything that takes long, in .cache/next. UpgradeError leaves the running version untouched."""
    if (NEXT / "prepared").exists() and (NEXT / "prepared").read_text() == commit:
        return
    discard_next()
    say(f"preparing {commit[:12]} in {NEXT} …")
    git("worktree", "add", "--quiet", "--detach", "--force", str(NEXT), commit)
    _take_over(Path(settings["ANKE_MODELS_DIR"]))
    env = {**os.environ, "ANKE_MODELS_DIR": str(NEXT / "models"), "STORE_DIR": settings["STORE_DIR"]}
    if (ROOT / ".env").exists():
        shutil.copy2(ROOT / ".env", NEXT / ".env")
    python = shutil.which("python3") or sys.executable  # make's: for another one it would install anew
    _step("set-up and training", [python, "-m", "launcher.setup", "run"], env)
    _step("the check of the new version's rules and texts", [_python(), "-m", "launcher.anke", "check"], env)
    (NEXT / "prepared").write_text(commit)


def _python() -> str:
    return str(NEXT / ".venv" / "bin" / "python")


def _take_over(models: Path) -> None:
    """What need not be made anew: environments whose lists are the same, the pages, the models."""
    (NEXT / ".cache").mkdir(exist_ok=True)
    for stamp in (ROOT / ".cache").glob("*.stamp"):
        shutil.copy2(stamp, NEXT / ".cache" / stamp.name)
    for part, sources in BUILT.items():
        if (ROOT / part).exists() and all(_same(one) for one in sources):
            (NEXT / part).symlink_to(ROOT / part)
    if (ROOT / STATIC).is_dir():
        shutil.copytree(ROOT / STATIC, NEXT / STATIC, dirs_exist_ok=True)
    (NEXT / "models").mkdir(exist_ok=True)
    for one in models.glob("*") if models.is_dir() else ():
        if one.is_symlink():
            (NEXT / "models" / one.name).symlink_to(os.readlink(one))
        elif one.suffix in (".gz", ".json"):
            shutil.copy2(one, NEXT / "models" / one.name)


def _same(name: str) -> bool:
    old, new = ROOT / name, NEXT / name
    return old.exists() and new.exists() and old.read_bytes() == new.read_bytes()


def _step(what: str, command: list[str], env: dict[str, str]) -> None:
    if subprocess.run(command, cwd=NEXT, env=env, check=False).returncode:
        raise UpgradeError(f"{what} failed (see above); nothing has changed, the old version goes on.")


def discard_next() -> None:
    if NEXT.exists():
        subprocess.run(
            ["git", "worktree", "remove", "--force", str(NEXT)], cwd=ROOT, capture_output=True, check=False
        )
        shutil.rmtree(NEXT, ignore_errors=True)
    subprocess.run(["git", "worktree", "prune"], cwd=ROOT, capture_output=True, check=False)


def switch(commit: str, settings: dict[str, str]) -> None:
    """Back up, put the parts in place, try; put everything back when the new version does not become ready."""
    data_dir, models = Path(settings["DATA_DIR"]), Path(settings["ANKE_MODELS_DIR"])
    installed = (data_dir / "version").exists()
    outside = outside_databases(settings)
    archive = do_backup(data_dir, new_backup_path(data_dir), models, outside) if installed else None
    if archive:
        say(f"backup: {archive}")
    back: list[Callable[[], object]] = []
    try:
        _put_in_place(commit, models, back)
        reason = "" if not installed else _failure_of_trial()
    except (OSError, UpgradeError, KeyboardInterrupt) as error:
        reason = str(error) or "interrupted"
    if not reason:
        shutil.rmtree(PREVIOUS, ignore_errors=True)
        discard_next()
        return
    for undo in reversed(back):
        undo()
    if archive:
        aside = do_restore(data_dir, archive, models, outside)
        say(f"DATA_DIR is as it was; what the trial left is {aside}")
    raise UpgradeError(f"the new version did not start: {reason} The old one is in place again.")


def _put_in_place(commit: str, models: Path, back: list[Callable[[], object]]) -> None:
    shutil.rmtree(PREVIOUS, ignore_errors=True)
    PREVIOUS.mkdir(parents=True)
    old = git("rev-parse", "HEAD")
    branch = subprocess.run(["git", "symbolic-ref", "-q", "HEAD"], cwd=ROOT, capture_output=True, check=False)
    forward = not git("rev-list", f"{commit}..HEAD")
    if branch.returncode == 0 and forward:
        git("merge", "--quiet", "--ff-only", commit)
        back.append(lambda: git("reset", "--quiet", "--keep", old))
    else:
        home = git("rev-parse", "--abbrev-ref", "HEAD")
        git("checkout", "--quiet", "--detach", commit)
        back.append(lambda: git("checkout", "--quiet", old if home == "HEAD" else home))
    for part in (*BUILT, STATIC):
        if (NEXT / part).exists() and not (NEXT / part).is_symlink():
            _exchange(part, back)
    for stamp in [*(ROOT / ".cache").glob("*.stamp"), *(NEXT / ".cache").glob("*.stamp")]:
        text = stamp.read_text()
        target = ROOT / ".cache" / stamp.name
        before = target.read_text() if target.exists() else None
        if stamp.is_relative_to(NEXT) and before != text:
            target.write_text(text)
            back.append(lambda t=target, b=before: t.write_text(b) if b is not None else t.unlink())  # type: ignore[misc]
    _take_model(models, back)


def _exchange(part: str, back: list[Callable[[], object]]) -> None:
    """The prepared part in place, the old one in .cache/previous."""
    here, kept = ROOT / part, PREVIOUS / part.replace("/", "_")
    if here.exists() or here.is_symlink():
        here.rename(kept)
    (NEXT / part).rename(here)

    def undo() -> None:
        here.rename(NEXT / part)  # so that the same version can be tried again
        if kept.exists() or kept.is_symlink():
            kept.rename(here)

    back.append(undo)


def _take_model(models: Path, back: list[Callable[[], object]]) -> None:
    """The prepared model beside the others, and current."""
    made = NEXT / "models" / "current"
    pointer = models / "current"
    before = os.readlink(pointer) if pointer.is_symlink() else None
    name = os.readlink(made)
    if name == before:
        return
    models.mkdir(parents=True, exist_ok=True)
    for one in (NEXT / "models").glob(f"{name.removesuffix('.tar.gz')}*"):
        shutil.copy2(one, models / one.name)
    point(pointer, name)
    if before:
        back.append(lambda: point(pointer, before))


def _failure_of_trial() -> str:
    """Start what is in place now on a loopback port nobody knows, until it is ready; empty when it became ready."""
    port = free_port()
    say("starting the new version where nobody reaches it …")
    log = PREVIOUS / "trial.log"
    env = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port)}
    with log.open("w") as out:
        trial = subprocess.Popen(
            [str(ROOT / ".venv" / "bin" / "python"), "-m", "launcher"],
            cwd=ROOT,
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            ready = _became_ready(trial, f"http://127.0.0.1:{port}/readyz")
        finally:
            with contextlib.suppress(ProcessLookupError):
                trial.send_signal(signal.SIGINT)
            try:
                trial.wait(30)
            except subprocess.TimeoutExpired:
                trial.kill()
                trial.wait()
    if ready:
        return ""
    lines = [one for one in log.read_text(errors="replace").splitlines() if one.startswith("anke:")]
    told = next((one for one in reversed(lines) if "stopping" not in one), "anke: no reason given")
    return f"{told.removeprefix('anke: ').rstrip('.')}."


def _became_ready(trial: subprocess.Popen[bytes], url: str) -> bool:
    end = time.monotonic() + READY_S
    while trial.poll() is None and time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, timeout=5, trust_env=False).status_code == 200:
                return True
        time.sleep(0.3)
    return False


def _postgres(settings: dict[str, str]) -> Iterator[str]:
    for name in ("DATABASE_URL", "ORDERS_DATABASE_URL"):
        if settings[name].startswith("postgres"):
            yield name


def main(words: Sequence[str]) -> int:
    """0 upgraded or nothing new; 1 failed, everything as before; 2 cannot be tried; 3 prepared, the service still runs."""
    parser = argparse.ArgumentParser(prog="anke upgrade", description=(__doc__ or "").split("\n\n")[1])
    parser.add_argument("ref", nargs="?", help="branch, tag or commit (default: the upstream of this branch)")
    parser.add_argument(
        "--database-is-backed-up", action="store_true", help="with PostgreSQL: you made a pg_dump just now"
    )
    told = parser.parse_args(words)
    try:
        settings = resolve(os.environ)
        commit = wanted_commit(told.ref)
        if commit == git("rev-parse", "HEAD"):
            say(f"this is already {commit[:12]}, nothing to do.")
            return 0
        prepare(commit, settings)
        databases = " and ".join(_postgres(settings))
        try:
            do_lock(Path(settings["DATA_DIR"])).close()
        except PreflightError:
            say(
                "everything is prepared and the service still runs: stop it, give the same command again, start it."
            )
            return 3
        if databases and not told.database_is_backed_up:
            raise UpgradeError(
                f"{databases} is PostgreSQL: pg_dump it now, then give the same command with --database-is-backed-up "
                "(on a failure only DATA_DIR goes back by itself; you would pg_restore)."
            )
        switch(commit, settings)
    except (SettingError, PreflightError) as error:
        print(f"anke: {error}", file=sys.stderr)
        return 2
    except UpgradeError as error:
        print(f"anke: {error}", file=sys.stderr)
        return 1
    say(f"this is {commit[:12]} now; start the service.")
    return 0
