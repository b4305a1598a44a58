"""Ctrl-C, SIGTERM and SIGHUP during a run, checked between groups of steps."""

import signal
import threading

_SIGNALS = (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))


class Interruptible:
    """Handles SIGINT (Ctrl-C), SIGTERM and SIGHUP (a closed terminal) while entered: after the first one `check` raises
    KeyboardInterrupt, a second one raises it at once.

    By default Python raises KeyboardInterrupt between any two instructions; in a callback from C it would be printed and lost.
    """

    def __enter__(self) -> "Interruptible":
        self.asked = False
        """Whether the run is to end."""
        self._before = {}
        if threading.current_thread() is threading.main_thread():
            self._before = {each: signal.signal(each, self._ask) for each in _SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for each, before in self._before.items():
            signal.signal(each, before)

    def _ask(self, number: int, frame: object) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def check(self) -> None:
        """Raises KeyboardInterrupt when the run is to end."""
        if self.asked:
            raise KeyboardInterrupt
