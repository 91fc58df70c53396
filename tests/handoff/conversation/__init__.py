"""Tests of handoff/conversation."""
