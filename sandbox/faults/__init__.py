"""Faults on purpose: what Azure and the API servers can do to a client, and when."""
