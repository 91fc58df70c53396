"""What administrators do and see: accounts, the audit, the rules in force (H49)."""
