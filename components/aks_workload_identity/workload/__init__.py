"""The workload: its identity, service accounts, credentials and pods."""
