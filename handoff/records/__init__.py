"""The service's only door to its database: tables, transactions, the numbered log, moves of state.

    async with records.write() as tx:
        conversation = await lock_conversation(tx, conversation_id)
        seqs = await append_items(tx, conversation_id, [NewItem("system", "text", {"text": "…"})])
        await move(tx, conversation_id, Move.CLAIMED, set_columns={"owner": agent_id})

Leaving the block commits; then, and only then, the hints of what was touched go out and new bot turns start.
An exception inside rolls everything back. Never await HTTP, Redis or files inside the block.
"""

from handoff.records import case_tables as case_tables  # so that `metadata` knows every table
from handoff.records import desk_tables as desk_tables
from handoff.records import followup_tables  # its tables belong to the same metadata
from handoff.records import quality_tables as quality_tables
from handoff.records.engine import Outcome, Reader, Records, Tx
from handoff.records.ids import new_id
from handoff.records.log import (
    Item,
    NewItem,
    annotate,
    append_items,
    find_by_client_id,
    read_annotations,
    read_items,
)
from handoff.records.moves import (
    Conversation,
    create_conversation,
    get_conversation,
    lock_conversation,
    lock_name,
    move,
    update_conversation,
)

__all__ = [
    "Conversation",
    "Item",
    "NewItem",
    "Outcome",
    "Reader",
    "Records",
    "Tx",
    "annotate",
    "append_items",
    "create_conversation",
    "find_by_client_id",
    "followup_tables",
    "get_conversation",
    "lock_conversation",
    "lock_name",
    "move",
    "new_id",
    "read_annotations",
    "read_items",
    "update_conversation",
]
