"""Ctrl-C, SIGTERM and SIGHUP: the process ends in good order, and a run between two groups of steps."""

import _thread
import signal
import sys
import threading
from types import FrameType

INTERRUPTED = 130
"""Exit code of a command that a signal has ended, before it is known which one."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))
_AGAIN = 0.01
"""Time after which an exception that was lost is raised again [s]."""


class Signals:
    """Handles SIGINT (Ctrl-C), SIGTERM and SIGHUP (a closed terminal) while entered: each raises KeyboardInterrupt.

    By default the latter two end the process at once, and leave files that are being written. Where Python cannot pass the
    exception on, such as in a callback from C, it prints and forgets it; here it is raised again a moment later.
    """

    def __enter__(self) -> "Signals":
        self.number: int = signal.SIGINT
        """The last signal."""
        self._before = {each: signal.signal(each, self._end) for each in _SIGNALS}
        self._hook, sys.unraisablehook = sys.unraisablehook, self._lost
        return self

    def __exit__(self, *_: object) -> None:
        sys.unraisablehook = self._hook
        for each, before in self._before.items():
            signal.signal(each, before)

    @property
    def exit_code(self) -> int:
        """Exit code of a process that the signal has ended, as in shells: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP."""
        return 128 + self.number

    def ignore_further(self) -> None:
        """Ignores signals from now on, also at the exit: what is left of the process takes less time than a second."""
        self._before = dict.fromkeys(_SIGNALS, signal.SIG_IGN)
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.number = number
        raise KeyboardInterrupt

    def _lost(self, unraisable: "sys.UnraisableHookArgs") -> None:
        if unraisable.exc_type is KeyboardInterrupt:
            threading.Timer(_AGAIN, _send_again, (self.number,)).start()
        else:
            self._hook(unraisable)


def _send_again(number: int) -> None:
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, number)  # Ends a wait of the main thread, too.
    else:
        _thread.interrupt_main(signal.Signals(number))


class Interruptible:
    """Holds the signals back while entered: after the first one `check` passes it on to the handler from before, which raises
    KeyboardInterrupt; a second one is passed on at once.

    Python handles signals between any two instructions; in a callback from C the exception would be printed and lost.
    """

    def __enter__(self) -> "Interruptible":
        self._asked: int | None = None
        self._before = {}
        if threading.current_thread() is threading.main_thread():
            self._before = {each: signal.signal(each, self._ask) for each in _SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for each, before in self._before.items():
            signal.signal(each, before)

    @property
    def asked(self) -> bool:
        """Whether the run is to end."""
        return self._asked is not None

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self._asked is not None:
            self._pass_on(number)
        self._asked = number

    def check(self) -> None:
        """Raises KeyboardInterrupt when the run is to end."""
        if self._asked is not None:
            self._pass_on(self._asked)

    def _pass_on(self, number: int) -> None:
        before = self._before[signal.Signals(number)]
        if callable(before):
            before(number, None)
        raise KeyboardInterrupt
