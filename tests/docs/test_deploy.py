"""deploy/: alerts ask for figures that the service exports, the image is built from what the repository has (H50)."""

import json
import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from handoff.figures import Desk, _desk_figures, _part_figures
from handoff.routes import ROUTES
from handoff.telemetry import metrics
from launcher import setup
from launcher.settings import ROOT, SETTINGS

ALERTS = yaml.safe_load((ROOT / "deploy/alerts.yml").read_text(encoding="utf-8"))
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
BOARD = json.loads((ROOT / "deploy/grafana-dashboard.json").read_text(encoding="utf-8"))
IMAGE = (ROOT / "deploy/Containerfile").read_text(encoding="utf-8")
OPERATORS = (ROOT / "docs/operators.md").read_text(encoding="utf-8")
#: What Prometheus itself makes of every scrape.
OF_PROMETHEUS = {"up"}
_STRINGS = re.compile(r'"[^"]*"')
_NAMES = re.compile(r"\b(?:anke_\w+|up)\b")


def exported() -> dict[str, set[str]]:
    """Each sample's name -> its labels, as /metrics says them."""
    actions = {"orders": {"breaker_open": False, "failures": 0}}
    told = [*_desk_figures(Desk()), *_part_figures([{"model": "m", "encoder": "ok"}], actions, True)]
    names = {one.name: {label for sample in one.samples for label in sample.labels} for one in told}
    for metric in [one for one in vars(metrics).values() if isinstance(one, MetricWrapperBase)]:
        labels = set(metric._labelnames)
        kinds = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
        for end in kinds.get(metric._type, [""]):
            names[metric._name + end] = labels | ({"le"} if end == "_bucket" else set())
    return names


EXPORTED = exported()


def names_in(expression: str) -> set[str]:
    return set(_NAMES.findall(_STRINGS.sub("", expression))) - OF_PROMETHEUS


def test_what_is_exported_is_known() -> None:
    assert {"anke_turns_total", "anke_turn_seconds_bucket", "anke_queue_waiting", "anke_part_up"} <= set(
        EXPORTED
    )
    assert EXPORTED["anke_queue_waiting"] == {"group"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_asks_for_figures_and_labels_that_exist(rule: dict) -> None:  # type: ignore[type-arg]
    """H50: an alert on a name that nobody exports never fires."""
    found = names_in(rule["expr"])
    assert found <= set(EXPORTED), f"not exported: {found - set(EXPORTED)}"
    assert found or "up{" in rule["expr"]
    for name, matchers in re.findall(r"(anke_\w+)\{([^}]*)\}", rule["expr"]):
        assert set(re.findall(r"(\w+)\s*[=!]", matchers)) <= EXPORTED[name]
    for label in re.findall(r"\$labels\.(\w+)", str(rule["annotations"])):
        assert any(label in EXPORTED[name] for name in found)
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert set(rule["annotations"]) == {"summary", "action"}


def test_alerts_have_names_of_their_own() -> None:
    names = [rule["alert"] for rule in RULES]
    assert len(names) == len(set(names))


def test_the_dashboard_shows_figures_that_exist() -> None:
    asked = {name for one in _expressions(BOARD) for name in names_in(one)}
    assert asked
    assert asked <= set(EXPORTED)


def _expressions(board: object) -> Iterator[str]:
    if isinstance(board, dict):
        for key, value in board.items():
            if key == "expr" and isinstance(value, str):
                yield value
            else:
                yield from _expressions(value)
    elif isinstance(board, list):
        for one in board:
            yield from _expressions(one)


def steps(*words: str) -> list[tuple[str, str]]:
    """The image's instructions, continued lines joined, comments left out."""
    lines = [line for line in IMAGE.split("\n") if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines)).split("\n")
    told = [(word, rest) for word, _, rest in (line.partition(" ") for line in joined) if word]
    return [one for one in told if not words or one[0] in words]


def test_every_path_that_the_image_copies_is_there_and_all_that_runs_is_copied() -> None:
    copied: set[str] = set()
    for _, rest in steps("COPY"):
        if "--from" not in rest:
            copied |= {word for word in shlex.split(rest)[:-1] if not word.startswith("--")}
    assert {path for path in copied if not (ROOT / path).exists()} == set()
    packages = {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    loaded = {"config.yml", "domain.yml", "credentials.yml", "endpoints.yml", "data", "web", "contracts"}
    assert packages | loaded | {"requirements", "pyproject.toml"} <= copied
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert not copied & set(ignored)
    assert {".env", "var", ".git"} <= set(ignored), "no secret and no customer goes into an image"


def test_the_image_s_commands_settings_and_addresses_are_ours() -> None:
    [command] = [json.loads(rest) for _, rest in steps("CMD")]
    assert command == ["/opt/anke/.venv/bin/python", "-m", "launcher"]
    assert setup.SERVICE == ROOT / ".venv"
    assert find_spec("launcher.__main__")
    modules = re.findall(r"python3 -m (\S+) (\w+)", IMAGE)
    assert modules == [("launcher.setup", "run")]
    known = {one.name for one in SETTINGS} | {"PATH", "PYENV_ROOT", "RASA_TELEMETRY_ENABLED"}
    told = {name for _, rest in steps("ENV") for name in re.findall(r"(?:^| )(\w+)=", rest)}
    assert told <= known
    [(_, health)] = steps("HEALTHCHECK")
    address = re.search(r":8000(/\S+)", health)
    assert address
    assert address.group(1) in {route.path for route in ROUTES}
    assert "PORT=8000" in IMAGE
    assert "EXPOSE 8000" in IMAGE


def test_the_image_runs_as_a_user_who_owns_its_data() -> None:
    users = [rest for _, rest in steps("USER")]
    assert users == ["anke"]
    folder = re.search(r"DATA_DIR=(\S+)", IMAGE)
    assert folder
    assert [rest for _, rest in steps("VOLUME")] == [folder.group(1)]
    assert f"-o anke -g anke -m 0700 {folder.group(1)}" in IMAGE
    assert "deploy/Containerfile" in OPERATORS
