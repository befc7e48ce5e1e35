"""Python's garbage collector while a program registers resources."""

import asyncio
import gc

# A registration leaves hundreds of objects behind that live until the program ends. By default Python looks
# through the young ones after every 700, and finds nothing.
_THRESHOLD = 50_000


def calm_collector() -> None:
    """Let the collector run rarely until the running program ends, however it ends.

    A program is one task of its event loop: its code, and then the wait until everything that it registered is
    done. The settings from before come back with the end of the task, unless the program has set its own
    in the meantime. A collector that is off, or calmer already, stays as it is, and so does one outside
    of a task, where nothing would tell the end.
    """
    before = gc.get_threshold()
    if not gc.isenabled() or before[0] == 0 or before[0] >= _THRESHOLD:
        return
    try:
        program = asyncio.current_task()
    except RuntimeError:
        return
    if program is None:
        return
    calm = (_THRESHOLD, *before[1:])
    gc.set_threshold(*calm)

    def restore(_: object) -> None:
        if gc.get_threshold() == calm:
            gc.set_threshold(*before)

    program.add_done_callback(restore)
