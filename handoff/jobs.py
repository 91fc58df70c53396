"""THE table of periodic work of a worker (handoff/background.py runs it); nothing else in the service repeats by the clock.

Loops that belong to one connection, one request, one turn or the Redis connection are not periodic work of the worker;
tests/handoff/test_jobs.py lists them.
"""

from handoff.background import Job
from handoff.case_record.filling import fill_pending_records
from handoff.case_record.registration import fill_pending_cases
from handoff.retention import FORGET_EVERY, forget_old, forget_old_cases
from handoff.service import Service

SWEEP_SECONDS = 2.0
STALE_UPLOADS_SECONDS = 3600.0
LEFTOVERS_SECONDS = 600.0
DATABASE_TIME_SECONDS = 10.0
MOVED_UPLOADS_SECONDS = 20.0
REMOVALS_SECONDS = 10.0
NOTIFICATIONS_SECONDS = 1.0
ENDED_SESSIONS_SECONDS = 0.5
"""A disabled account's console closes within the second."""
TIMERS_SECONDS = 0.5
"""So often timers are looked for: what is due happens within the second."""


async def _sweep_queue(service: Service) -> None:
    """Owners who are gone, long waits, tickets due (promise 9)."""
    await service.sweep.sweep()


async def _complete_records(service: Service) -> None:
    """Records whose worker died before the order system answered (H38)."""
    await fill_pending_records(service.records, service.orders)
    await fill_pending_cases(service.records, service.orders)


async def _ask_the_time(service: Service) -> None:
    """Machines that share a database agree about the time."""
    await service.time.ask(service.records)


async def _heartbeat(service: Service) -> None:
    """The turns of this worker are alive (promise 6)."""
    await service.runner.heartbeat()


async def _take_over(service: Service) -> None:
    """Turns whose worker is dead (promise 10)."""
    await service.runner.take_over()


async def _catch_up(service: Service) -> None:
    """Hints that were lost (promise 5)."""
    await service.hints.catch_up()


async def _remove_stale_uploads(service: Service) -> None:
    """Files that a killed worker had half received."""
    await service.storage.do_remove_stale()


async def _remove_leftovers(service: Service) -> None:
    """Uploads that were never sent, files that no row names."""
    await service.leftovers.do_remove()


async def _move_uploads(service: Service) -> None:
    """Files of the time before `UPLOADS` named another place."""
    await service.storage.do_move()


async def _finish_removals(service: Service) -> None:
    """Files of forgotten conversations that still lie in the bucket (H53)."""
    await service.leftovers.do_finish()


async def _forget_old(service: Service) -> None:
    """Ended conversations and cases that are older than the policy keeps (H53)."""
    await forget_old(service.records, service.storage, service.rules)
    await forget_old_cases(service.records, service.rules)


async def _fire_timers(service: Service) -> None:
    """Deadlines, requests, visits: what was planned for now (H24, H41, H46)."""
    await service.timers.fire_due()


async def _deliver(service: Service) -> None:
    """What the store's own systems are told (H24); a receiver that is away is left alone for a while."""
    await service.deliverer.deliver_due()


async def _close_ended_sessions(service: Service) -> None:
    """Consoles whose account was disabled, or whose session ended elsewhere (H49)."""
    await service.live_sessions.do_tell_ended(service.records)


async def _forget_what_ended(service: Service) -> None:
    """Events that arrived, or never did, a month ago; timers that are long over."""
    await service.deliverer.forget_old()
    await service.timers.forget_old()


JOBS = (
    Job("queue sweep", lambda _: SWEEP_SECONDS, _sweep_queue, jitter=0.1),
    Job("record completion", lambda _: SWEEP_SECONDS, _complete_records, jitter=0.1),
    Job("turn heartbeat", lambda service: service.settings.heartbeat_every, _heartbeat),
    Job("database time", lambda _: DATABASE_TIME_SECONDS, _ask_the_time, jitter=0.1),
    Job("turn takeover", lambda service: service.runner.take_over_every, _take_over, jitter=0.1),
    Job("hint catch-up", lambda service: service.hints.catch_up_every, _catch_up),
    Job("stale uploads", lambda _: STALE_UPLOADS_SECONDS, _remove_stale_uploads, jitter=0.1),
    Job("moved uploads", lambda _: MOVED_UPLOADS_SECONDS, _move_uploads, jitter=0.1),
    Job("removed uploads", lambda _: REMOVALS_SECONDS, _finish_removals, jitter=0.1),
    Job("leftover uploads", lambda _: LEFTOVERS_SECONDS, _remove_leftovers, jitter=0.1),
    Job("timers", lambda _: TIMERS_SECONDS, _fire_timers, jitter=0.1),
    Job("ended sessions", lambda _: ENDED_SESSIONS_SECONDS, _close_ended_sessions, jitter=0.1),
    Job("notifications", lambda _: NOTIFICATIONS_SECONDS, _deliver, jitter=0.1),
    Job("old notifications", lambda _: LEFTOVERS_SECONDS, _forget_what_ended, jitter=0.1),
    Job("retention", lambda _: FORGET_EVERY, _forget_old, jitter=0.1),
)
