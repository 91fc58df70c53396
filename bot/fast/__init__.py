"""Wraps of Rasa internals that make it faster, each in its own file with its reason and figure. ANKE_FAST=0: none."""

from __future__ import annotations

import os


def install() -> None:
    """Put the wraps in place, before Rasa is used; nothing when ANKE_FAST=0."""
    if os.environ.get("ANKE_FAST", "1") == "0":
        return
