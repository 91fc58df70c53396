"""The demo store: orders and products, so that a fresh installation has something to talk about."""
