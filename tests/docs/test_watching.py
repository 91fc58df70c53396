"""Dashboard, alert rules and documentation speak of figures that exist, and every figure is documented."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from prometheus_client import Counter, Gauge, Histogram

from handoff.figures import Desk, _desk_figures, _part_figures
from handoff.telemetry import metrics
from launcher.settings import ROOT

NAME = re.compile(r"\banke_[a-z_]+")
DASHBOARD = json.loads((ROOT / "deploy/grafana-dashboard.json").read_text(encoding="utf-8"))
RULES = yaml.safe_load((ROOT / "deploy/alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
OPERATORS = (ROOT / "docs/operators.md").read_text(encoding="utf-8")


def labels() -> dict[str, set[str]]:
    """Every figure of /metrics by the name it is asked for, with its labels."""
    found: dict[str, set[str]] = {}
    for one in vars(metrics).values():
        if isinstance(one, Counter | Gauge | Histogram):
            end = {Counter: "_total", Gauge: "", Histogram: "_bucket"}[type(one)]
            found[one._name + end] = {*one._labelnames, *(["le"] if end == "_bucket" else [])}
    facts = {"model": "m", "encoder": "ok"}
    for family in [*_desk_figures(Desk()), *_part_figures([facts], {"orders": {"failures": 1}}, True)]:
        found[family.name] = {label for sample in family.samples for label in sample.labels}
    return found


FIGURES = labels()
EXPRESSIONS = [
    *((rule["alert"], rule["expr"]) for rule in RULES),
    *((panel["title"], target["expr"]) for panel in DASHBOARD["panels"] for target in panel["targets"]),
]


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS)
def test_what_is_watched_exists(where: str, expression: str) -> None:
    named = set(NAME.findall(expression))
    assert named <= set(FIGURES)
    assert named or expression.startswith("up{")
    known = {"instance", "job"}.union(*(FIGURES[one] for one in named))
    used = {
        label.strip()
        for told in re.findall(r"(?:by|on) \(([^)]*)\)", expression)
        for label in told.split(",")
    }
    assert used <= known


def test_every_figure_is_documented_and_no_other() -> None:
    bare = {name.removesuffix("_bucket") for name in FIGURES}
    assert set(NAME.findall(OPERATORS)) >= bare
    table = OPERATORS.split("## Watching it")[1].split("\n## ")[0]
    assert set(NAME.findall(table)) <= bare


def test_every_figure_is_on_the_dashboard() -> None:
    shown = set(NAME.findall(json.dumps(DASHBOARD["panels"])))
    assert shown == set(FIGURES)


@pytest.mark.parametrize("rule", RULES, ids=lambda one: one["alert"])
def test_an_alert_says_what_is_wrong_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert set(rule["annotations"]) == {"summary", "action"}
    named = {label for text in rule["annotations"].values() for label in re.findall(r"\$labels\.(\w+)", text)}
    assert named <= set().union(*(FIGURES[one] for one in NAME.findall(rule["expr"])), set())
