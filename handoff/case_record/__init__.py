"""The record a person receives with a conversation (H45): built in the handoff's transaction, completed right after."""

from handoff.case_record.opening import open_handoff

__all__ = ["open_handoff"]
