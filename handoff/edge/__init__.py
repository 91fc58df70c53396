"""What both public edges, the customers' (gateway/) and the agents' (desk/), have in common: checked input, frames, items."""
