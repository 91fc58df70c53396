"""The shared running desk, for the tests of this folder."""

from tests.handoff.shared_desk import desk

__all__ = ["desk"]
