"""What a bench says: results on standard output, how far it is on standard error."""

import sys
import time

_BEGAN = time.monotonic()


def line(text: str) -> None:
    """A line of the result."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def progress(text: str) -> None:
    """What is being measured now, with the minutes so far."""
    minutes, seconds = divmod(int(time.monotonic() - _BEGAN), 60)
    sys.stderr.write(f"  [{minutes}:{seconds:02}] {text}\n")
    sys.stderr.flush()
