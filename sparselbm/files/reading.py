"""Files from outside: checked before they are read, and any exception of a reader becomes a refusal that names the file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import SparselbmError

_LFS_POINTER = b"version https://git-lfs.github.com/spec/"


@contextmanager
def refusals(path: str | os.PathLike[str], error: type[SparselbmError]) -> Iterator[None]:
    """Context in which a file is read: any exception of a reader for damaged contents is raised as `error`, with the file's name.

    Libraries do not wrap the exceptions of their parsers (an index beyond an array, bytes that are no text, an overflow of a
    size). Errors of the package pass unchanged, and so do those of the operating system that name a file, and missing modules.
    """
    try:
        yield
    except (SparselbmError, ImportError):
        raise
    except OSError as found:
        if found.filename is not None:
            raise
        raise _refusal(path, error, found) from found
    except Exception as found:
        raise _refusal(path, error, found) from found


def require_readable(path: str | os.PathLike[str], error: type[SparselbmError]) -> None:
    """Raises `error` for what exists but is no regular file, such as a pipe or a device, and for a pointer of Git LFS."""
    path = Path(path)
    if not path.exists():
        return
    if not path.is_file():
        raise error(f"{path} is not a regular file, but a folder, a pipe or a device: pass the path of a file")
    with path.open("rb") as file:
        head = file.read(len(_LFS_POINTER))
    if head == _LFS_POINTER:
        raise error(f"{path} is a pointer of Git LFS, not the file itself: fetch the file with `git lfs pull`")


def _refusal(path: str | os.PathLike[str], error: type[SparselbmError], found: Exception) -> SparselbmError:
    if isinstance(found, MemoryError):
        return error(f"{path} needs more memory than there is, or states sizes that its contents do not have: write it again")
    text = " ".join(str(found).split()) or "no more is known"
    return error(f"{path} is damaged or not of its format ({type(found).__name__}: {text[:300]}): write it again")
