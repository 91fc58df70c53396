"""The store's order system: a port (port.py) and two adapters, chosen by the environment."""
