"""Who may become which identity, and what that identity may do: read from a program, shown to people."""
