"""Customers' rights over their own data: export, deletion, and what is kept no longer than the policy says (H53)."""
