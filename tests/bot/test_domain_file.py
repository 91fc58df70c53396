"""The domain that serving reads from JSON is the one that Rasa reads from its YAML."""

from __future__ import annotations

from pathlib import Path

from tests.bot.conftest import ROOT, run_in_bot

BOTH_WAYS = """
import sys
from pathlib import Path
from bot.fast import domain_file
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain

source, folder = map(Path, sys.argv[1:])
storage, resource = LocalModelStorage.create(folder), Resource("domain")
context = ExecutionContext(GraphSchema({}), "model")
load = lambda: DomainProvider.load({}, storage, resource, context).provide_inference()
domain_file.install_for_training()
DomainProvider(storage, resource)._persist(Domain.load(source))
stock = load()
domain_file.install()
fast = load()
assert fast.as_yaml() == stock.as_yaml() and fast.fingerprint() == stock.fingerprint()
assert fast.input_states == stock.input_states and len(fast.responses) > 100
with storage.read_from(resource) as kept:
    (kept / "domain.yml").write_text("not: [read", encoding="utf-8")
    assert load().fingerprint() == stock.fingerprint(), "the YAML is not parsed"
    (kept / "domain.yml").write_text(stock.as_yaml(), encoding="utf-8")
    (kept / domain_file.FILE).unlink()
assert load().fingerprint() == stock.fingerprint(), "a model of plain rasa train"
"""


def test_the_json_says_what_the_yaml_says(tmp_path: Path) -> None:
    run_in_bot(BOTH_WAYS, str(ROOT / "data" / "domain"), str(tmp_path))
