"""Tests of handoff/gateway."""
