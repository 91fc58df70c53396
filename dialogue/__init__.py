"""The dialogue: read once, decide once, act once. Pure: no rasa_sdk, no I/O; imports aftersales only.

A turn is `turn.take_turn`: readers say everything the message could mean (readers/), `decide.py` chooses commands, the
engine (`engine.py`) runs them against a stack of frames by the flows of data/flows/. What is needed from outside comes
through `outside.py`; the runner in actions/ fetches it. docs/dialogue.md tells the whole.
"""
