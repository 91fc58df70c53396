"""Replies that are suggested to agents: what the store knows, what is kept ready, what solved another case."""
