"""The demo store: ten orders and twenty products, so that a fresh installation has something to talk about."""
