"""Results that are lost alone: what fails while one file is written costs no other."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import ResultLostWarning


@contextmanager
def lost_alone(name: str) -> Iterator[None]:
    """Context in which one result is written; an error there, such as a full disk, becomes a ResultLostWarning that names it."""
    try:
        yield
    except Exception as error:
        text = f"{name} could not be written: {error or type(error).__name__}. The other results are not affected"
        warnings.warn(text, ResultLostWarning, stacklevel=3)
