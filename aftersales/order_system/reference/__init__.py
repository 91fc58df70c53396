"""A small server that keeps docs/order-system-api.md, for integrators to try against and to read as an example."""
