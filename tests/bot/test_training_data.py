"""Training reads the same sentences and the same domain with the wraps of bot/fast as Rasa does without."""

from __future__ import annotations

from pathlib import Path

from tests.bot.conftest import PROJECT, run_in_bot, small_config

READ = """
import sys
from pathlib import Path
from bot import fast

domain, data, config = sys.argv[1:]
fast.install_for_training(Path(config))
from rasa.shared.importers.importer import TrainingDataImporter

importer = TrainingDataImporter.load_from_dict(None, config, domain, [data])
first, second = importer.get_nlu_data(), importer.get_nlu_data()
assert first.fingerprint() == second.fingerprint(), "the same twice"
assert len(first.training_examples) > 20, len(first.training_examples)
told = [sorted(one.fingerprint() for one in first.training_examples), importer.get_domain().fingerprint()]
print(told)
"""


def test_the_wraps_change_nothing_of_what_is_read(tmp_path: Path) -> None:
    words = (str(PROJECT / "data" / "domain"), str(PROJECT / "data"), str(small_config(tmp_path)))
    with_wraps, stock = (run_in_bot(READ, *words, ANKE_FAST=one).splitlines()[-1] for one in ("1", "0"))
    assert with_wraps == stock
