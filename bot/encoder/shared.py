"""The one encoder of a process, or the reason why there is none: the bot works without it, on the linear model alone."""

from __future__ import annotations

import logging
import os
from functools import lru_cache
from pathlib import Path

from bot.encoder.encoder import FOLDER, Encoder, EncoderError

logger = logging.getLogger(__name__)
OFF = "off"
"""ANKE_ENCODER=off: not used; any other value is the folder to read instead of data/encoder."""


def shared_encoder() -> Encoder | None:
    """The encoder, loaded at the first call; None when it cannot be used."""
    return _loaded(os.environ.get("ANKE_ENCODER", ""))[0]


def encoder_problem() -> str | None:
    """Why there is none, or why the model does not mix it in, in one Chinese line; None when all is well."""
    return _loaded(os.environ.get("ANKE_ENCODER", ""))[1] or _unfit.get("reason")


def note_unfit(reason: str | None) -> None:
    """The loaded model was trained with another encoder: readiness tells it (bot/intent/mixed.py)."""
    _unfit["reason"] = reason
    if reason:
        logger.warning("%s", reason)


_unfit: dict[str, str | None] = {}


@lru_cache(maxsize=4)
def _loaded(named: str) -> tuple[Encoder | None, str | None]:
    if named == OFF:
        return None, "ANKE_ENCODER=off：句子编码器关着，只用线性模型"
    try:
        return Encoder(Path(named) if named else FOLDER), None
    except EncoderError as error:
        logger.warning("句子编码器不能用，只用线性模型：%s", error)
        return None, str(error)
