"""What operators see of a worker: JSON log lines without anybody's words, and Prometheus metrics."""
