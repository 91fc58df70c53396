"""Durable timers: planned in the transaction that makes them necessary, fired once by any worker (H24, H41, H46).

    await plan_timer(tx, Planned("visit", key=f"visit:{handoff_id}", subject=conversation_id, due_at=…))

The effect of a timer and the mark that it has fired are one transaction: a process killed anywhere leaves the timer
either fired with its effect or pending without it.
"""

from handoff.timers.firing import Again, TimerKind, TimerRunner
from handoff.timers.planning import Planned, Timer, cancel_timers, plan_timer, reconcile_timers

__all__ = [
    "Again",
    "Planned",
    "Timer",
    "TimerKind",
    "TimerRunner",
    "cancel_timers",
    "plan_timer",
    "reconcile_timers",
]
