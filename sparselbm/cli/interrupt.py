"""Ctrl-C during a run, checked between groups of steps."""

import signal
import threading


class Interruptible:
    """Handles SIGINT while entered: after the first Ctrl-C `check` raises KeyboardInterrupt, a second one raises it at once.

    By default Python raises KeyboardInterrupt between any two instructions; in a callback from C it would be printed and lost.
    """

    def __enter__(self) -> "Interruptible":
        self._asked = False
        self._before = None
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _ask(self, number: int, frame: object) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True

    def check(self) -> None:
        """Raises KeyboardInterrupt when Ctrl-C was pressed."""
        if self._asked:
            raise KeyboardInterrupt
