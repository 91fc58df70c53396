"""Prometheus metrics of a worker. With PROMETHEUS_MULTIPROC_DIR set, any worker answers for all of them."""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

MESSAGES = Counter("anke_messages_accepted_total", "Customer messages acknowledged", ["kind"])
REFUSED = Counter("anke_requests_refused_total", "Requests answered with an error", ["code"])
TURNS = Counter("anke_turns_total", "Bot turns by how they ended", ["outcome"])
TURN_ERRORS = Counter(
    "anke_turn_errors_total", "Attempts at a turn that ended in an exception of ours", ["error"]
)
TURN_SECONDS = Histogram(
    "anke_turn_seconds",
    "From the ack of a turn's first message to its commit",
    buckets=(0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30),
)
BOT_SECONDS = Histogram(
    "anke_bot_call_seconds", "One attempt at the bot", buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
)
WRITE_SECONDS = Histogram(
    "anke_accept_seconds",
    "Accepting one message: waiting for the database, writing, commit",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
FALLBACKS = Counter(
    "anke_turn_fallbacks_total",
    "Turns without an answer of their own: ambiguous (asked A or B), not_understood (said so)",
    ["kind"],
)
DEADLINES_MISSED = Counter("anke_deadlines_missed_total", "Promises to customers broken (H46)", ["deadline"])
HANDOFFS = Counter("anke_handoffs_total", "Conversations handed to people", ["reason"])
CONNECTIONS_CLOSED = Counter(
    "anke_connections_closed_total", "Times that a limit on connections closed one", ["limit"]
)
SOCKETS = Gauge("anke_customer_sockets", "Customer sockets open now", multiprocess_mode="livesum")


def render() -> bytes:
    """The metrics in Prometheus' text format."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest()
