"""A desk with a clock that tests move, for messages that come by signed channels."""

from tests.handoff.cases.conftest import cases

__all__ = ["cases"]
