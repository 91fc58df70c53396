"""Two hosts that share PostgreSQL, Valkey and the order system's database, one of them half a minute ahead: cut off, killed, moved.

Each host is a network namespace with a whole installation of its own; customers come in by both, as over a load balancer.
"""

import asyncio
import itertools
import time
from contextlib import AsyncExitStack
from pathlib import Path

import httpx

from launcher.preflight import free_port
from tests.faults.chaos import SERVED_WITHIN, Making, Scene
from tests.helpers.cutting_proxy import CuttingProxy
from tests.helpers.hosts import Host, Network, network
from tests.helpers.installation import Installation
from tests.helpers.postgres import PostgresServer
from tests.helpers.valkey import ValkeyServer

AHEAD = 30
CUT_SECONDS = 10.0
"""Longer than TURN_LOST_SECONDS: the other host takes the turns over, and the one that comes back must not finish them."""
CONNECT_SECONDS = 1.0


class Balanced(httpx.AsyncBaseTransport):
    """Each request goes to the next host; one that cannot be connected to is left out until it can."""

    def __init__(self, scene: "TwoHosts") -> None:
        self._scene = scene
        self._plain = httpx.AsyncHTTPTransport()
        self._turn = itertools.count()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        places = list(self._scene.places)
        first = next(self._turn)
        for number in range(len(places)):
            place = places[(first + number) % len(places)].installation
            request.url = request.url.copy_with(host=httpx.URL(place.url).host, port=place.port)
            try:
                return await self._plain.handle_async_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if number == len(places) - 1:
                    raise
        raise AssertionError("no host at all")

    async def aclose(self) -> None:
        await self._plain.aclose()


class Place:
    """A host and the installation on it."""

    def __init__(self, host: Host, installation: Installation) -> None:
        self.host, self.installation = host, installation


class TwoHosts(Scene):
    """`places[0]` has its clock AHEAD."""

    possible = ("cut host", "kill host", "move host", "kill worker", "kill bot", "hold worker")

    def __init__(self, net: Network, folder: Path, env: dict[str, str], database_url: str) -> None:
        self._net, self._folder, self._env = net, folder, env
        self.database_url = database_url
        self.places: list[Place] = []
        self._next = 0

    async def add(self, ahead: int) -> None:
        """A new host with an empty DATA_DIR joins."""
        host = self._net.new_host(ahead)
        folder = self._folder / host.name
        folder.mkdir()
        installation = Installation(folder / "data", self._env, address=host.address, inside=host.inside)
        await installation.start()
        self.places.append(Place(host, installation))

    async def strike(self, fault: str, seconds: float) -> None:
        place = self.places[self._next % len(self.places)]
        self._next += 1
        kind, what = fault.split()
        if fault == "cut host":
            place.host.cut_off()
            until = time.monotonic() + CUT_SECONDS
            try:
                await self.serve(self.within(SERVED_WITHIN))  # by the other one
                await asyncio.sleep(max(0.0, until - time.monotonic()))
                assert not await self._answers(place), "cut host: it answers"
            finally:
                place.host.reach_again()
        elif kind == "kill" and what == "host":
            await place.installation.kill_launcher()
            assert not await self._answers(place), "kill host: it answers"
            await self.serve(self.within(SERVED_WITHIN))
            await place.installation.start()
        elif kind == "move":
            self.places.remove(place)
            await place.installation.kill_launcher()
            place.host.remove()
            await self.serve(self.within(SERVED_WITHIN))
            await self.add(AHEAD if place.host.name.endswith("h1") else 0)
        elif kind == "kill":
            await place.installation.until_running(what, 1, self.within(30))
            place.installation.kill(what)
        else:
            await place.installation.until_running(what, 1, self.within(30))
            held = place.installation.processes(what)[0]
            held.suspend()
            try:
                await asyncio.sleep(seconds)
            finally:
                held.resume()

    async def _answers(self, place: Place) -> bool:
        try:
            async with httpx.AsyncClient(timeout=CONNECT_SECONDS) as http:
                return (await http.get(f"{place.installation.url}/healthz")).status_code == 200
        except httpx.HTTPError:
            return False

    def client(self) -> httpx.AsyncClient:
        timeout = httpx.Timeout(8, connect=CONNECT_SECONDS)
        return httpx.AsyncClient(base_url="http://anke", transport=Balanced(self), timeout=timeout)

    async def until_ready(self, seconds: float) -> None:
        for place in self.places:
            await place.installation.until_ready(seconds)

    def within(self, seconds: float) -> float:
        return max(place.installation.within(seconds) for place in self.places)

    def logs(self) -> str:
        return "\n".join(f"=== {one.host.name}\n{one.installation.logs()}" for one in self.places)

    async def stop(self) -> None:
        for place in self.places:
            await place.installation.stop()


def over_hosts(folder: Path, postgres: PostgresServer) -> Making:
    """The scene; only where tests.helpers.hosts.why_not() is None."""

    async def make(stack: AsyncExitStack) -> Scene:
        net = stack.enter_context(network())
        valkey = ValkeyServer(folder / "valkey", free_port())
        await valkey.start()
        stack.push_async_callback(valkey.kill)
        shared = [CuttingProxy(port, net.address) for port in (postgres.port, valkey.port)]
        for one in shared:
            await one.start()
            stack.push_async_callback(one.stop)
        database, orders = postgres.new_database(), postgres.new_database()

        def seen_by_hosts(url: str) -> str:
            return url.replace(f"127.0.0.1:{postgres.port}/", f"{net.address}:{shared[0].port}/")

        env = {
            "ANKE_MODE": "demo",
            "DEMO_PASSWORD": "demo-password-of-two-hosts",
            "DATABASE_URL": seen_by_hosts(database),
            "ORDERS_DATABASE_URL": seen_by_hosts(orders),
            "REDIS_URL": f"redis://{net.address}:{shared[1].port}/0",
            "SECRET_KEY": "the-key-that-both-hosts-share-0000",
            "IDENTITY_SECRET": "the-identity-that-both-hosts-share",
            "UPLOADS": "database",
            "LIMIT_MESSAGES_PER_MINUTE": "100000",
            "LIMIT_CONVERSATIONS_PER_MINUTE": "100000",
            "TURN_PATIENCE_SECONDS": "90",
            "WORKERS": "1",
        }
        scene = TwoHosts(net, folder, env, database)
        stack.push_async_callback(scene.stop)
        await scene.add(AHEAD)
        await scene.add(0)
        return scene

    return make
