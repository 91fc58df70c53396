"""Customers who wait for a person: their order, their place, what they are told, and that nobody is forgotten (promise 9)."""
