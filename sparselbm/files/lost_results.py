"""Results that are lost alone: what fails while one file is written costs no other."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import ResultLostWarning


@contextmanager
def lost_alone(name: str, *passing: type[Exception]) -> Iterator[None]:
    """Context in which one result is written; an error there, such as a full disk, becomes a ResultLostWarning that names it.

    `passing`: kinds of errors that are raised as they are.
    """
    try:
        yield
    except passing:
        raise
    except Exception as error:
        if _is_interruption(error):
            raise KeyboardInterrupt from error
        text = f"{name} could not be written: {reason_of(error)}. The other results are not affected"
        warnings.warn(text, ResultLostWarning, stacklevel=3)


def _is_interruption(error: BaseException | None) -> bool:
    """Whether an error was caused by a KeyboardInterrupt, which Python wraps where it creates classes, for example."""
    return error is not None and (isinstance(error, KeyboardInterrupt) or _is_interruption(error.__cause__))


def reason_of(error: Exception) -> str:
    """Text of an error in one line; for one of the operating system, without its number."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split()) or type(error).__name__
