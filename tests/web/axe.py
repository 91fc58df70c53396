"""Accessibility of a page as it stands, by axe-core (WCAG A and AA and its best practices)."""

from typing import Any

from playwright.async_api import Page

from tests.helpers.processes import ROOT

_SOURCE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


async def violations(page: Page) -> list[str]:
    """One line each: the rule and where; empty when there are none. Transitions are waited out, or their colours would count."""
    await page.wait_for_timeout(300)
    await page.evaluate(_SOURCE)
    found: dict[str, Any] = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]]
