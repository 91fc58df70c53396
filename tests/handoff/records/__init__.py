"""Tests of handoff/records."""
