"""Tests of the handoff service, through its public addresses."""
