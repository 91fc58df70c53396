"""Questions in passing: what is found, and what is left alone."""
