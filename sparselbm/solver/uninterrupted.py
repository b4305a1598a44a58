"""Work that Ctrl-C does not leave half done."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Puts Python's KeyboardInterrupt off until the block has ended; handlers of the user remain as they are.

    A step in place that has changed a part of the tiles can neither be finished later nor undone.
    """
    default = signal.default_int_handler
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is not default:
        yield
        return
    asked: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: asked.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, default)
    if asked:
        raise KeyboardInterrupt
