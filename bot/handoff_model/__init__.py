"""The handoff decision: from the turns so far to "a person should take over now", learned from labelled sessions.

Two stages, because few sessions are labelled. `local.py` scores one utterance by its words and those before it
(linear, thousands of features). `context.py` turns the scores so far into two dozen numbers: how bad it was, how
bad it has been lately, repetition, length. `trees.py` decides on those numbers with small gradient-boosted trees.
Trained out-of-fold, so that the second stage sees first-stage scores as wrong as they will be in life.
"""
