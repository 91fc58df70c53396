"""The turn endpoint inside Rasa's server: one request is one turn, whole or not at all."""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
import time
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import strict
from bot.channel.checks import check_turn_request, seconds_left
from bot.channel.incoming import Incoming, incoming
from bot.channel.output import AnkeOutput
from bot.channel.understanding import understanding
from bot.dialogue_slot import SLOT, taken
from bot.encoder.shared import encoder_problem
from bot.tracker_store import packed
from bot.turn import Turn, TurnFailed, current_turn

logger = logging.getLogger(__name__)
STATE_LOST = "utter_state_lost"


class AnkeInput(InputChannel):
    """Configured in credentials.yml as `bot.channel.AnkeInput`."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        strict.install()

    @classmethod
    def name(cls) -> str:
        return "anke"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> AnkeInput:
        """The shared secret comes from BOT_SECRET; without one every turn is refused."""
        return cls(os.environ.get("BOT_SECRET", ""))

    def blueprint(self, on_new_message: Any) -> Blueprint:
        """Routes below /webhooks/anke."""
        routes = Blueprint("anke_webhook", __name__)

        @routes.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            if not is_ready(agent):
                return _error(503, "not_ready", "没有可用的模型")
            return response.json(
                {"ready": True, "model": model_id(agent), "encoder": encoder_problem() or "ok"}
            )

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            given = request.headers.get("X-Anke-Secret", "").encode()
            if not self._secret or not hmac.compare_digest(given, self._secret):
                return _error(401, "unauthorized", "密钥不对")
            agent = getattr(request.app.ctx, "agent", None)
            if not is_ready(agent):
                return _error(503, "not_ready", "没有可用的模型")
            try:
                body = check_turn_request(request.json)
            except Exception as error:
                return _error(422, "invalid_request", getattr(error, "message", "请求不是 JSON"))
            return await answer(agent, body)

        return routes


def is_ready(agent: Agent | None) -> bool:
    """A model is loaded, and it is the one that this process was started for (ANKE_MODEL)."""
    if agent is None or not agent.is_ready():
        return False
    wanted = os.environ.get("ANKE_MODEL")
    return not wanted or os.path.basename(wanted) == agent.processor.model_filename


def model_id(agent: Agent) -> str:
    """The model's file name without its ending: what `state.model` and readiness name."""
    return str(agent.processor.model_filename).removesuffix(".tar.gz")


async def answer(agent: Agent, body: dict[str, Any]) -> HTTPResponse:
    """Run one turn within its deadline. 200 with the answer, or 502 and nothing has happened."""
    turn = Turn(body["turn_id"], body["conversation_id"], body["state_version"], body["state"])
    token = current_turn.set(turn)
    began = time.perf_counter()
    try:
        left = seconds_left(body["deadline"])
        if left <= 0:
            raise TurnFailed("deadline", "the deadline had passed before the turn began")
        answered = await asyncio.wait_for(_run(agent, turn, body), left)
        logger.info("turn %s answered in %.0f ms", turn.turn_id, (time.perf_counter() - began) * 1000)
        return response.json(answered)
    except asyncio.TimeoutError:
        failed = TurnFailed("deadline", "the turn took too long")
    except TurnFailed as error:
        failed = error
    except Exception as error:
        logger.exception("turn %s failed", turn.turn_id)
        failed = TurnFailed("bot_error", type(error).__name__)
    finally:
        current_turn.reset(token)
    logger.warning("turn %s failed: %s", turn.turn_id, failed)
    return _error(502, failed.code, failed.message)


async def _run(agent: Agent, turn: Turn, body: dict[str, Any]) -> dict[str, Any]:
    strict.watch_limit(agent.processor)
    output = AnkeOutput()
    what = incoming(body["input"], agent.domain.intent_properties)
    parsed = await _parsed(agent, what)
    understood = understanding(parsed)
    logger.debug("understood as %s, confidence %.3f", understood["intent"], understood["confidence"])
    told = {k: body[k] for k in ("turn_id", "conversation_id", "attempt", "deadline", "context", "input")}
    message = UserMessage(
        text=what.text,
        output_channel=output,
        sender_id=turn.conversation_id,
        parse_data=parsed,
        input_channel=AnkeInput.name(),
        message_id=turn.turn_id,
        metadata={"anke": {**told, "understanding": understood}},
    )
    await agent.handle_message(message)
    if turn.failure is not None:
        raise turn.failure
    if turn.tracker is None:
        raise TurnFailed("no_state", "the tracker was never saved")
    if turn.dialogue_lost:
        await _say_dialogue_lost(agent, turn, output)
    if output.is_empty:
        raise TurnFailed("empty_turn", f"nothing was said to intent {understood['intent']}")
    verdict = turn.tracker.slots.get("handoff")
    understood["handoff_score"] = ((verdict.value if verdict else None) or {}).get("score", 0.0)
    slot = turn.tracker.slots.get(SLOT)
    understood |= taken(_dialogue_before(turn.state), slot.value if slot else None)
    model = model_id(agent)
    answered = {
        "protocol": 1,
        "turn_id": turn.turn_id,
        "model": model,
        "replies": output.replies,
        "commands": output.commands,
        "effects": output.effects,
        "state": packed(turn, agent.domain, model),
        "understanding": understood,
    }
    return answered if output.trace is None else {**answered, "trace": output.trace}


def _dialogue_before(state: dict[str, Any] | None) -> Any:
    """The slot `dialogue` as the turn began: in the state that came along, which may be one that cannot be read."""
    slots = (state or {}).get("slots")
    return slots.get(SLOT) if isinstance(slots, dict) else None


async def _parsed(agent: Agent, what: Incoming) -> dict[str, Any]:
    """What Rasa knows of the message before it acts: understood from the text, or told."""
    if what.intent is not None:
        intent = {"name": what.intent, "confidence": 1.0}
        return {"text": what.text, "intent": intent, "intent_ranking": [intent], "entities": what.entities}
    parsed: dict[str, Any] = await agent.processor.parse_message(UserMessage(what.text))
    if not parsed["intent"].get("name"):
        raise TurnFailed("nlu_failed", "no intent came out of understanding")
    parsed["entities"] = [*parsed["entities"], *what.entities]
    return parsed


async def _say_dialogue_lost(agent: Agent, turn: Turn, output: AnkeOutput) -> None:
    """One honest sentence, before the rest, that what was half filled could not be kept."""
    said = AnkeOutput()
    generated = await agent.nlg.generate(STATE_LOST, turn.tracker, AnkeInput.name())
    if generated is None:
        logger.error("the domain has no response %s", STATE_LOST)
        return
    await said.send_response(turn.conversation_id, generated)
    output.replies[:0] = said.replies


def _error(status: int, code: str, message: str) -> HTTPResponse:
    return response.json({"error": {"code": code, "message": message}}, status=status)
