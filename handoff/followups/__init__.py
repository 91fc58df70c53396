"""What the service does by itself when nobody asks: deadlines watched, requests followed, customers visited.

Planned in the transaction of what makes it necessary, carried out by handoff/timers; rules and wording are
data/policy/followups.yml.
"""
