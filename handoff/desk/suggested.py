"""Suggested replies for the agent who has the customer (handoff/suggestions)."""

from typing import Any

from handoff.auth.roles import Agent
from handoff.conversation import State
from handoff.desk.access import readable
from handoff.desk.canned import canned_of
from handoff.service import Service


async def suggested(service: Service, agent: Agent, conversation_id: str) -> list[dict[str, Any]]:
    """At most three; none unless this agent has the customer, who said something last. 404 not readable."""
    async with service.records.read() as reader:
        conversation = await readable(reader, agent, conversation_id)
        if conversation.state is not State.HUMAN or conversation.owner != agent.id:
            return []
        canned = await canned_of(reader, agent)
    groups = None if agent.may("read_all") else agent.served_groups
    return await service.suggestions.offered(conversation, canned, groups)
