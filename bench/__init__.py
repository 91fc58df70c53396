"""Speed, measured: `make bench`, or `make bench ONLY=load` for the load figures without the stock configuration."""
