"""Tests of handoff/turns."""
