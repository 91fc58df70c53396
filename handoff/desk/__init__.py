"""What people at the desk do: look at the queue, claim, write, note, reveal, give back, close."""
