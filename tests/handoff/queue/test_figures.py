"""What /metrics tells of queue and desk, on both databases, and of parts that do not answer (H50: live)."""

from handoff.figures import _desk_figures, _part_figures, read_desk
from tests.handoff.queue.queue_harness import QueueHarness


def values(metrics: object) -> dict[tuple[str, str], float]:
    """By name and first label."""
    return {
        (one.name, next(iter(one.labels.values()), "")): one.value
        for metric in metrics  # type: ignore[attr-defined]
        for one in metric.samples
    }


async def test_who_waits_how_long_and_who_is_there(harness: QueueHarness) -> None:
    await harness.waiting()
    harness.later(seconds=90)
    await harness.waiting()
    taken = await harness.waiting()
    agent = await harness.agent(groups=("online", "logistics"))
    await harness.claim(agent, taken)
    async with harness.records.read() as reader:
        told = values(_desk_figures(await read_desk(reader)))
    assert told["anke_queue_waiting", "online"] == 2
    assert told["anke_queue_oldest_seconds", "online"] == 90
    assert told["anke_queue_waiting", "complaint"] == 0
    assert (told["anke_conversations", "waiting"], told["anke_conversations", "human"]) == (2, 1)
    assert [told["anke_agents_online", group] for group in ("online", "logistics", "technical")] == [1, 1, 0]
    harness.later(minutes=3)
    async with harness.records.read() as reader:
        told = values(_desk_figures(await read_desk(reader)))
    assert told["anke_agents_online", "online"] == 0, "who is not seen is not there"


def test_a_part_that_is_away_is_a_figure() -> None:
    model = {"ready": True, "model": "20261129-a", "encoder": "ok"}
    actions = {"orders": {"breaker_open": True, "failures": 4}}
    told = values(_part_figures([model, None], actions, True))
    assert told["anke_part_up", "database"] == 1
    assert (told["anke_part_up", "bot-1"], told["anke_part_up", "bot-2"]) == (1, 0)
    assert (told["anke_part_up", "actions"], told["anke_order_system_breaker_open", ""]) == (1, 1)
    away = values(_part_figures([], None, False))
    assert (away["anke_part_up", "actions"], away["anke_part_up", "database"]) == (0, 0)
    assert not list(_desk_figures(None))
