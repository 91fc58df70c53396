"""The supervisor's view of the desk: the live wall, the history of the figures, the conversations behind each (H50)."""
