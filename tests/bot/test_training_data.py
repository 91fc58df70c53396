"""Training reads the same sentences and the same domain with the wraps of bot/fast as Rasa does without."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.bot.conftest import PROJECT, run_in_bot, small_config

READ = """
import sys
import ast
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


PACK = """
import sys
import ast
from pathlib import Path
from rasa.engine.storage import local_model_storage
from bot.fast import archive

stock, folder, packed = local_model_storage.TarSafe, Path(sys.argv[1]), Path(sys.argv[2])
archive.install()
with local_model_storage.TarSafe.open(packed, "w:gz") as tar:
    tar.add(folder, arcname="")
with stock.open(packed) as tar:
    print({one.name: tar.extractfile(one).read().decode() for one in tar if one.isfile()})
"""


def test_an_archive_packed_sooner_reads_as_rasas(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    (folder / "components").mkdir(parents=True)
    told = {"metadata.json": "{}", "components/words.txt": "退货 换货\n" * 2000}
    for name, text in told.items():
        (folder / name).write_text(text, encoding="utf-8")
    packed = tmp_path / "model.tar.gz"
    assert ast.literal_eval(run_in_bot(PACK, str(folder), str(packed)).splitlines()[-1]) == told
    assert packed.stat().st_size < 1000
