"""What the shell is told: 0 done, 1 a run that failed, 2 bad input, 130 interrupted. Errors are mapped here alone."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130
_SPOKEN = {
    "pass overwrite=True": "pass --overwrite",
    "(without=)": "(--without)",
    "pass partial=True": "pass --partial",
    "confine=True": "--confine",
    "(metres_per_unit)": "(--metres-per-unit)",
    "no obstacle named": "no --obstacle named",
    "constrain it by BoundingBox or bounds instead": "pass --free-volume",
}
"""Words of the Python interface in messages, and what a shell says for them."""


class RunInterruptedError(Exception):
    """Ctrl-C in the long work, and what there is of it."""


class RunFailedError(Exception):
    """An error of the package once the long work had begun."""


def exit_code_of(app: Callable[[], object]) -> int:
    """Runs an app that may raise; what the package refuses is told without a traceback, a bug keeps its own."""
    try:
        app()
    except SystemExit as end:  # Typer's own: help, usage errors, Ctrl-C.
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        return _told("Interrupted.", code) if code == INTERRUPTED else code
    except RunInterruptedError as end:
        return _told(str(end), INTERRUPTED)
    except RunFailedError as error:
        return _told(f"The run failed: {error}", FAILED)
    except Exception as error:
        if not _is_refusal(error):
            raise
        return _told(f"Error: {_text(error)}", BAD_INPUT)
    return 0


@contextmanager
def running() -> Iterator[None]:
    """The long work: what is refused within is no bad input, but a run that failed."""
    try:
        yield
    except RunInterruptedError:
        raise
    except Exception as error:
        if not _is_refusal(error):
            raise
        raise RunFailedError("\n".join([_text(error), *getattr(error, "__notes__", [])])) from error


def _is_refusal(error: Exception) -> bool:
    return type(error).__module__.startswith("sparselbm.") or isinstance(error, OSError | ImportError)


def _text(error: Exception) -> str:
    """What an error says; one of the system's, without its number."""
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def spoken(text: str) -> str:
    """A message of the package in the words of a shell."""
    for python, shell in _SPOKEN.items():
        text = text.replace(python, shell)
    return text


def _told(text: str, code: int) -> int:
    sys.stdout.flush()
    Console(stderr=True, soft_wrap=True).print(spoken(text), style="red", markup=False, highlight=False)
    return code
