"""The order system behind docs/order-system-api.md: a store's own backend, by `ORDER_SYSTEM_URL`."""
