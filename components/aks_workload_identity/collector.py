"""Python's garbage collector while a program registers resources."""

import asyncio
import gc

# A registration leaves hundreds of objects behind that live until the program ends. By default Python looks
# through the young ones after every 700, and finds nothing.
_THRESHOLD = 50_000


def calm_collector() -> None:
    """Let the collector run rarely until the program's code next gives way to the event loop.

    That is when a program has registered what it registers, waits for something, or fails. The settings from before
    come back then, unless the program has set its own in the meantime. A collector that is off, or calmer
    already, stays as it is, and so does one outside of an event loop, where nothing would tell the end.
    """
    before = gc.get_threshold()
    if not gc.isenabled() or before[0] == 0 or before[0] >= _THRESHOLD:
        return
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return
    calm = (_THRESHOLD, *before[1:])
    gc.set_threshold(*calm)
    loop.call_soon(_restore, before, calm)


def _restore(before: tuple[int, int, int], calm: tuple[int, int, int]) -> None:
    if gc.get_threshold() == calm:
        gc.set_threshold(*before)
