"""Wording changes without a training: the bot says what data/domain holds now, and keeps the old when a file breaks."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.bot.conftest import BOT_PYTHON, ROOT, environment

PLAY = """
import json, os, sys, time
from pathlib import Path
from bot import nlg
folder = Path(sys.argv[1])
nlg.LOOK_EVERY = 0.0
newest = nlg.NewestWording(folder, {"utter_old": [{"text": "模型里的话"}], "utter_greet": [{"text": "模型里的问候"}]})
said = []
def now():
    current = newest.current()
    said.append([current["utter_greet"][0]["text"], current["utter_old"][0]["text"]])
now()
for content in json.loads(sys.argv[2]):
    (folder / "social.yml").write_text(content, encoding="utf-8")
    now()
print(json.dumps(said, ensure_ascii=False))
"""


def test_saved_wording_is_said_and_a_broken_file_changes_nothing(tmp_path: Path) -> None:
    versions = [
        "responses:\n  utter_greet:\n    - text: 第一版问候\n",
        "responses:\n  utter_greet:\n    - text: 第二版的问候语\n",
        "responses:\n  utter_greet: [text: {{{\n",
        "responses:\n  utter_greet:\n    - text: 修好以后的问候语\n",
    ]
    done = subprocess.run(
        [str(BOT_PYTHON), "-W", "ignore", "-c", PLAY, str(tmp_path), json.dumps(versions)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    said = json.loads(done.stdout.splitlines()[-1])
    assert [greet for greet, _ in said] == [
        "模型里的问候",
        "第一版问候",
        "第二版的问候语",
        "第二版的问候语",
        "修好以后的问候语",
    ]
    assert {old for _, old in said} == {"模型里的话"}
