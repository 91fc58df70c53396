"""axe-core in a page, shadow roots included."""

from typing import Any

from playwright.async_api import Page

from tests.helpers.processes import ROOT

_AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"


async def violations(page: Page, within: str) -> list[str]:
    """What axe finds inside the element: `rule: where`, one a line; best practices too."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.add_script_tag(path=_AXE)
    found: list[dict[str, Any]] = await page.evaluate(
        """async within => (await axe.run(within, {resultTypes: ['violations']})).violations""", within
    )
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]
    ]
