"""Executables that the Pulumi engine starts: the Python language host and the stand-in providers."""
