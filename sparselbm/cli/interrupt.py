"""Ctrl-C, heard between stretches of long work."""

import signal
import threading


class Interruptible:
    """Takes SIGINT while it is entered: `check` raises KeyboardInterrupt, a second Ctrl-C raises it wherever it falls.

    Python raises KeyboardInterrupt between any two instructions; in a callback from C it is printed and lost.
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
