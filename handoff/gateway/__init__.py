"""The customers' edge: HTTP and WebSocket in front of the numbered log."""
