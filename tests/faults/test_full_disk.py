"""The disk of DATA_DIR fills up while the service runs: it goes on as far as it can, and by itself when there is space."""

import asyncio
import sys
from pathlib import Path

import httpx
import pytest

from tests.helpers.customer import Customer
from tests.helpers.installation import Installation
from tests.helpers.processes import Process
from tests.helpers.small_disk import small_disk

SIZE = "700m"  # a start wants 300 MB free; nothing of it is used up


@pytest.mark.timeout(400)
async def test_a_full_disk_ends_no_process_and_service_is_back_with_the_space(tmp_path: Path) -> None:
    with small_disk(SIZE) as disk:
        installation = Installation(disk.path / "data")
        installation.launcher_log = tmp_path / "launcher.log"
        try:
            await installation.start()
            disk.fill()
            with pytest.raises(OSError, match="No space left"):
                (disk.path / "proof").write_bytes(b"x" * 65536)
            before = {
                part: len(installation.processes(part)) for part in ("worker", "bot", "actions", "valkey")
            }
            for part in before:
                installation.kill(part)
            for part, many in before.items():
                await installation.until_running(part, many)
            assert installation.launcher is not None
            await installation.until_ready(60)
            assert "disk is full" in installation.launcher.log()
            async with httpx.AsyncClient(base_url=installation.url, timeout=20) as http:
                refused = await http.post("/api/v1/conversations", json={})
                assert refused.status_code == 503, "nothing is acknowledged that cannot be kept"
                disk.empty()
                customer = await Customer.open(http)
                await customer.answer_to(await customer.say("你好"), seconds=20)
            assert installation.launcher.returncode is None
        finally:
            await installation.stop()


async def test_a_start_on_a_full_disk_has_an_exit_code_of_its_own_and_harms_nothing(tmp_path: Path) -> None:
    """74 is what deploy/anke.service tries again by itself; 2 it would not."""
    with small_disk(SIZE) as disk:
        installation = Installation(disk.path / "data")
        installation.launcher_log = tmp_path / "launcher.log"
        installation.data_dir.mkdir()
        disk.fill()
        launcher = Process([sys.executable, "-m", "launcher"], installation.env, tmp_path / "refused.log")
        assert await asyncio.wait_for(launcher.wait(), 60) == 74
        assert launcher.log().count("\n") == 1
        assert "the disk is full" in launcher.log()
        disk.empty()
        try:
            await installation.start()
        finally:
            await installation.stop()
