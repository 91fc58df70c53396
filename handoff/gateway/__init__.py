"""The customers' edge (H1): HTTP and WebSocket in front of the numbered log."""
