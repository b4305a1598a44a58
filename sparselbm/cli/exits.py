"""Exit codes: 0 success, 1 failed run or full disk, 2 bad input, 130 interrupted. All errors are mapped here."""

import errno
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from rich.console import Console

from .interrupt import INTERRUPTED

FAILED, BAD_INPUT = 1, 2
_FULL = (errno.ENOSPC, errno.EIO, *([errno.EDQUOT] if hasattr(errno, "EDQUOT") else []))
"""Errors of a disk, for which no input is to blame."""
_SPOKEN = {
    "pass overwrite=True": "pass --overwrite",
    "(ignore=)": "(--ignore)",
    "pass allow_missing=True": "pass --allow-missing",
    "local_files_only=True": "--local-files-only",
    "(metres_per_unit)": "(--metres-per-unit)",
    "no obstacle specified": "no --obstacle specified",
    "constrain it by BoundingBox or bounds instead": "pass --no-fixed-volume",
    "omit the grid check": "pass --no-grid-check",
    "pass a reference_area": "pass --reference-area",
    "wall=ParabolicInterpolation()": "--wall interpolated",
    "enlarge side,": "enlarge --margins,",
}
"""Names of the Python interface in messages, and the options that correspond to them."""

_NAME = re.compile(r"(?<![\w./:'\"-])[a-z]+(?:_[a-z]+)+(?![\w./(=])(?! \[)")
"""Name of a setting in Python, which is no part of a path, a quotation or a call, and no column with a unit."""


class RunInterruptedError(Exception):
    """Ctrl-C during a run; the message reports what was completed."""


class RunFailedError(Exception):
    """An error of the package after the run has started."""


def exit_code_of(app: Callable[[], object]) -> int:
    """Runs an app. Expected errors print a message; unexpected ones print a traceback."""
    try:
        app()
    except SystemExit as end:  # Raised by typer: help, usage errors, Ctrl-C.
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        return _print("Interrupted.", code) if code == INTERRUPTED else code
    except RunInterruptedError as end:
        return _print(str(end), INTERRUPTED)
    except RunFailedError as error:
        return _print(f"The run failed: {error}", FAILED)
    except Exception as error:
        if not _is_refusal(error):
            raise
        return _print(f"Error: {_text(error)}", FAILED if getattr(error, "errno", None) in _FULL else BAD_INPUT)
    return 0


@contextmanager
def running() -> Iterator[None]:
    """Context of a run: expected errors inside it are failures of the run, not bad input."""
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
    """Text of an error; for one of the operating system, without its number."""
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def spoken(text: str) -> str:
    """A message of the package with the names of the command line: options, or settings of a case as files spell them."""
    for python, shell in _SPOKEN.items():
        text = text.replace(python, shell)
    names = _names()
    return re.sub(_NAME, lambda found: names.get(found[0], found[0]), text)


@cache
def _names() -> dict[str, str]:
    """The option of each setting whose name in Python has an underscore; the name in files of one without an option."""
    from ..case.entry import spelt
    from ..case.parts import PARTS

    found = {}
    for part in PARTS:
        for name, known in part.settings().items():
            python = known.option if isinstance(known.option, str) else name
            has_option = known.option and part.instances == ()
            found[python] = f"--{python.replace('_', '-')}" if has_option else found.get(python, spelt(name))
    return {python: name for python, name in found.items() if "_" in python}


def _print(text: str, code: int) -> int:
    sys.stdout.flush()
    Console(stderr=True, soft_wrap=True).print(spoken(text), style="red", markup=False, highlight=False)
    return code
