"""What a connection may cost before a handler has looked at it."""
