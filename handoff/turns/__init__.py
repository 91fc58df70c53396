"""Bot turns: begun in the transaction that accepts a message, run over HTTP, committed only if nothing moved meanwhile.

For the desk: `give_back_to_bot` ends a person's part so that the bot knows what was agreed.
"""

from handoff.turns.begin import begin_next_turn, give_back_to_bot

__all__ = ["begin_next_turn", "give_back_to_bot"]
