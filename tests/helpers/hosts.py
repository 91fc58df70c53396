"""Hosts on one machine: network namespaces on a bridge, each with a loopback, an address and, if wanted, a clock of its own.

Needs root, and gcc for the clocks. Whoever stands outside the namespaces reaches every host, as a load balancer would.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CLOCK = Path(__file__).with_name("clock_ahead.c")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Host:
    """One namespace. `inside` is what a command is put behind to run there."""

    def __init__(self, bridge: str, number: int, network: str, folder: Path, ahead: int) -> None:
        self.name = f"{bridge}h{number}"
        self.address = f"{network}.{number + 1}"
        self._outer, inner = f"{bridge}o{number}", f"{bridge}i{number}"
        _ip("netns", "add", self.name)
        _ip("link", "add", self._outer, "type", "veth", "peer", "name", inner)
        _ip("link", "set", inner, "netns", self.name)
        _ip("link", "set", self._outer, "master", bridge, "up")
        for words in (
            ("addr", "add", f"{self.address}/24", "dev", inner),
            ("link", "set", inner, "up"),
            ("link", "set", "lo", "up"),
        ):
            _ip("-n", self.name, *words)
        self.inside = ["ip", "netns", "exec", self.name, *self._with_clock(folder / self.name, ahead)]
        shown = subprocess.run(
            [*self.inside, "date", "+%s"], check=True, capture_output=True, text=True
        ).stdout
        assert abs(int(shown) - time.time() - ahead) < 5, f"the clock of {self.name} is not {ahead} s ahead"

    def _with_clock(self, folder: Path, ahead: int) -> list[str]:
        """In this host's own view of /etc the dynamic linker loads the clock into every program."""
        if not ahead:
            return []
        etc = folder / "etc"
        etc.mkdir(parents=True)
        library = folder / "clock_ahead.so"
        flags = ["-shared", "-fPIC", f"-DSECONDS={ahead}", "-o", str(library), str(CLOCK), "-ldl"]
        subprocess.run(["gcc", *flags], check=True, capture_output=True)
        (etc / "ld.so.preload").write_text(f"{library}\n")
        mount = f'mount -t overlay overlay -o "lowerdir={etc}:/etc" /etc && exec "$@"'
        return ["sh", "-c", mount, "sh"]

    def cut_off(self) -> None:
        """Nothing comes in or goes out, and nobody is told: packets are lost."""
        _ip("link", "set", self._outer, "down")

    def reach_again(self) -> None:
        _ip("link", "set", self._outer, "up")

    def remove(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            _ip("netns", "del", self.name)
        with contextlib.suppress(subprocess.CalledProcessError):
            _ip("link", "del", self._outer)


class Network:
    """A bridge; `address` is where hosts reach what runs outside them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = f"ak{os.getpid() % 100000}"
        self._prefix = f"10.213.{os.getpid() % 250}"
        self.address = f"{self._prefix}.1"
        self._hosts: list[Host] = []
        _ip("link", "add", self._name, "type", "bridge")
        _ip("addr", "add", f"{self.address}/24", "dev", self._name)
        _ip("link", "set", self._name, "up")

    def new_host(self, ahead: int = 0) -> Host:
        """Its wall clock is so many seconds ahead of this machine's."""
        host = Host(self._name, len(self._hosts) + 1, self._prefix, self._folder, ahead)
        self._hosts.append(host)
        return host

    def remove(self) -> None:
        for host in self._hosts:
            host.remove()
        _ip("link", "del", self._name)


def why_not() -> str | None:
    """Why this machine cannot have hosts; None when it can."""
    if os.geteuid() != 0:
        return "only root may make network namespaces"
    if not shutil.which("ip") or not shutil.which("gcc"):
        return "ip or gcc is missing"
    tried = subprocess.run(
        ["unshare", "--net", "--mount", "true"], check=False, capture_output=True, text=True
    )
    return tried.stderr.strip() or "network namespaces are refused" if tried.returncode else None


@contextmanager
def network() -> Iterator[Network]:
    """Removed at the end with every host."""
    with tempfile.TemporaryDirectory(prefix="anke-hosts-") as folder:
        net = Network(Path(folder))
        try:
            yield net
        finally:
            net.remove()
