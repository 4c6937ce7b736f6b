"""What an analyst or commander wants at 08:00: what changed, what waits, and what is not known."""
