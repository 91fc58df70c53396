"""A designer's plain Rasa commands: they read our folders and nothing else, and lead every message to the dialogue.

On the small project of tests/bot/project (trained as any project is), and on the shipped one as far as takes seconds.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from designer.places import Places
from designer.responses import read_responses
from tests.bot.conftest import BOT_PYTHON, PROJECT, ROOT, Actions, environment, small_config

READ = """
import json, sys
from rasa.shared.importers.importer import TrainingDataImporter
importer = TrainingDataImporter.load_from_config("config.yml", sys.argv[1], [sys.argv[2]])
(ours,) = importer.importer._importer._importers
domain, stories = ours.get_domain(), ours.get_stories()
print(json.dumps({
    "files": [*ours._nlu_files, *ours._story_files],
    "responses": domain.responses,
    "actions": domain.user_actions,
    "slots": [slot.name for slot in domain.slots],
    "told": [event.intent_name for step in stories.story_steps for event in step.events if event.type_name == "user"],
    "intents": domain.intents,
}))
"""
CHAT = """
import asyncio, json, sys
from rasa.core.agent import load_agent
from rasa.core.utils import AvailableEndpoints
from rasa.utils.endpoints import EndpointConfig
model, url, *said = sys.argv[1:]
endpoints = AvailableEndpoints.read_endpoints("endpoints.yml")
endpoints.action = EndpointConfig(url=url)
async def chat():
    agent = await load_agent(model_path=model, endpoints=endpoints)
    return [[answer["text"] for answer in await agent.handle_text(one, sender_id="s")] for one in said]
print(json.dumps(asyncio.run(chat())))
"""
OURS = {"dialogue", "handoff", "moods"}


def python(code: str, *words: str) -> Any:
    done = subprocess.run(
        [str(BOT_PYTHON), "-W", "ignore", "-c", code, *words],
        cwd=ROOT,
        env=environment(LOG_LEVEL="ERROR"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


def rasa(*words: str) -> str:
    """Both outputs of a Rasa command that must succeed."""
    done = subprocess.run(
        [str(BOT_PYTHON), "-m", "rasa", *words],
        cwd=ROOT,
        env=environment(RASA_MAX_CACHE_SIZE="0"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout + done.stderr


@pytest.mark.parametrize("project", [PROJECT, ROOT], ids=["small", "shipped"])
def test_rasa_reads_our_folders_and_nothing_else(project: Path) -> None:
    read = python(READ, str(project / "domain.yml"), str(project / "data"))
    for file in read["files"]:
        assert Path(file).relative_to(project / "data").parts[0] in {"nlu", "stories"}
    assert set(read["responses"]) == set(read_responses(project, Places(project))[0])
    assert [one for one in read["actions"] if one not in read["responses"]] == ["action_dialogue"]
    assert set(read["slots"]) >= OURS
    assert set(read["intents"]) - set(read["told"]) == {"restart", "back", "session_start"}, "Rasa's own"
    assert {"choose", "start", "given_back", "send_media", "nlu_fallback"} <= set(read["told"])


def test_data_validate_finds_nothing_about_stories_and_intents(tmp_path: Path) -> None:
    told = rasa("data", "validate", *_project())
    assert "No story structure conflicts found" in told
    assert "is not used in any story or rule" not in "".join(
        line for line in told.splitlines() if "The intent" in line
    )
    assert "Project validation completed with errors" not in told


@pytest.mark.timeout(900)  # three commands that import TensorFlow, on a machine that may be busy
def test_plain_rasa_train_and_test(tmp_path: Path) -> None:
    rasa("train", *_project(small_config(tmp_path)), "--out", str(tmp_path), "--fixed-model-name", "plain")
    model, out = str(tmp_path / "plain.tar.gz"), str(tmp_path / "results")
    domain = ("--domain", str(PROJECT / "domain.yml"))
    stories = PROJECT / "data" / "stories"
    rasa(
        "test",
        "core",
        "--model",
        model,
        "--stories",
        str(stories),
        "--out",
        out,
        "--fail-on-prediction-errors",
    )
    nlu = ("--nlu", str(PROJECT / "data" / "nlu"), "--config", "config.yml")
    rasa("test", "nlu", "--model", model, *nlu, *domain, "--out", out, "--no-plot")
    report = json.loads((tmp_path / "results" / "intent_report.json").read_text(encoding="utf-8"))
    assert report["accuracy"] > 0.8


def test_a_chat_in_rasas_own_shell(model: Path, action_server: Actions, actions: Actions) -> None:
    """Outside a turn of ours: state in memory, no verdict, the same one action."""
    actions.says({"response": "utter_greet"})
    said = python(CHAT, str(model), action_server.url, "你好", "/ask_human", "你好")
    assert [len(answers) for answers in said] == [1, 1, 1]
    assert said[0] != said[1]
    assert [call["next_action"] for call in actions.calls] == ["action_dialogue"] * 3


def _project(config: Path = ROOT / "config.yml") -> tuple[str, ...]:
    return (
        "--domain",
        str(PROJECT / "domain.yml"),
        "--data",
        str(PROJECT / "data"),
        "--config",
        "config.yml",
    )
