"""Who may sit at the desk: accounts, passwords, sessions, roles (H49)."""
