"""How bytes become requests: what anybody may cost before a handler has looked at him (memory, time, connections)."""
