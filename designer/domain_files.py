"""The domain as Rasa joins it: domain.yml and the responses by subject in data/domain. The one reader of our own tools.

Rasa itself reads the same files by bot/importer.py, which keeps the last of two responses with one name and says
nothing; here that is refused with both places.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

DOMAIN = "domain.yml"
RESPONSES = "data/domain"
#: libyaml where it is built in: ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DomainProblem(ValueError):
    """A domain that cannot be joined: one Chinese sentence that begins with file:line."""


def domain_files(root: Path) -> list[Path]:
    """domain.yml first, then data/domain in the order of names."""
    return [root / DOMAIN, *sorted((root / RESPONSES).glob("*.yml"))]


def read_domain(root: Path) -> dict[str, Any]:
    """Everything of domain.yml, and `responses` from all files. DomainProblem when a file is no YAML mapping, defines a
    response that another place has, or when data/domain holds something else than responses."""
    response_places(root)
    domain: dict[str, Any] = {}
    responses: dict[str, Any] = {}
    for file in domain_files(root):
        name = file.relative_to(root)
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER) or {}  # noqa: S506 (a safe loader)
        others = sorted(set(content) - {"version", "responses"})
        if others and file.name != DOMAIN:
            raise DomainProblem(f"{name}:1 这里只放 responses，{'、'.join(others)} 要写在 {DOMAIN}")
        responses |= content.pop("responses", None) or {}
        domain = {**content, **domain}
    return {**domain, "responses": responses}


def response_places(root: Path) -> dict[str, str]:
    """Where each response stands: name -> `file:line`."""
    places: dict[str, str] = {}
    for file in domain_files(root):
        name = file.relative_to(root)
        for response, line in _keys_below(file, name, "responses"):
            if response in places:
                raise DomainProblem(f"{name}:{line} {response} 已经写在 {places[response]}，只能留一处")
            places[response] = f"{name}:{line}"
    return places


def _keys_below(file: Path, name: Path, section: str) -> list[tuple[str, int]]:
    try:
        root = yaml.compose(file.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DomainProblem(f"{name}:{line} 不是正确的 YAML") from error
    if not isinstance(root, yaml.MappingNode):
        raise DomainProblem(f"{name}:1 要写成 responses: 下面一条条话术")
    return [
        (key.value, key.start_mark.line + 1)
        for title, body in root.value
        if title.value == section and isinstance(body, yaml.MappingNode)
        for key, _ in body.value
    ]
