"""Azure Resource Manager on loopback: it refuses what Azure refuses, and keeps what it accepted in SQLite."""
