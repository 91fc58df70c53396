"""The queue of customers who wait for a person: order, position, notices, and the periodic sweep (promise 9)."""
