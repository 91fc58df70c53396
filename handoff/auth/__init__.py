"""Authentication and authorisation of agents: accounts, passwords, sessions, roles (H49)."""
