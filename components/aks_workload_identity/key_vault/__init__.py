"""The vault, and what one workload sees of it as files."""
