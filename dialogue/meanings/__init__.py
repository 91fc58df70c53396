"""What readings mean in a situation: each becomes commands that could be run. Nothing is compared here (decide.py does)."""
