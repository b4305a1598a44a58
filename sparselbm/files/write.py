"""File writing that is atomic or append-only: replace a file, claim a results folder, append lines."""

from __future__ import annotations

import csv
import errno
import io
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

import numpy as np

from ..errors import OutputExistsError, OutputFolderError
from ..system import sync_file, sync_folder

_MARK = 12
"""Number of hexadecimal digits in the name of a file that is being written."""


@contextmanager
def replace_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yields a temporary path next to `path` to write to; on success it is flushed to disk and renamed to `path`.

    A reader (also after a power failure) sees either the old or the new file, never a partial one. If the body raises, the
    old file stays and the partial one is removed. The suffix is unchanged, since writers choose the format by it.

    Raises:
        FileNotFoundError: if the folder of `path` does not exist, or the body wrote nothing.
    """
    target = Path(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(f"the folder {target.parent} of {target.name} does not exist: create it first.")
    beside = target.with_name(f".{target.stem}.{uuid.uuid4().hex[:_MARK]}{target.suffix}")
    try:
        yield beside
        sync_file(beside)
        os.replace(beside, target)
    except OSError as error:
        if error.errno is not None and (error.filename is None or Path(error.filename) == beside):
            error.filename = str(target)  # The temporary name means nothing to the caller.
        raise
    finally:
        with suppress(OSError):  # A disk that has become read-only keeps it.
            beside.unlink(missing_ok=True)
    sync_folder(target.parent)


def unfinished(folder: Path, pattern: str) -> list[Path]:
    """Files that a process that was killed had not completed, of those whose names match a pattern such as ``"*.vdb"``."""
    place, slash, name = pattern.rpartition("/")
    return list(folder.glob(f"{place}{slash}.{name.rpartition('.')[0]}.{'[0-9a-f]' * _MARK}*"))


def remove_unfinished(folder: Path, *patterns: str) -> None:
    """Removes the files that `unfinished` finds for each pattern."""
    for old in (each for pattern in patterns for each in unfinished(folder, pattern)):
        old.unlink(missing_ok=True)


def claim_folder(
    path: str | os.PathLike[str], *, overwrite: bool = False, owned: Sequence[str] = (), needed: Sequence[Path] = ()
) -> Path:
    """Creates the folder for the results of a run, and returns it.

    Args:
        path: the folder; missing parents are created.
        overwrite: whether a folder that is not empty may be used.
        owned: patterns such as ``"*.vdb"`` of the files that a run writes. With `overwrite`, matching files in the folder
            are removed, so that results of two runs do not mix, and those that a killed run had not completed; other files are
            left alone.
        needed: files that must not be removed, such as those of the scene.

    Raises:
        OutputExistsError: if the folder is not empty and `overwrite` is false, if `path` is a file, or if a needed
            file would be removed.
        OutputFolderError: if the folder cannot be created or written to.
    """
    folder = Path(path)
    if folder.exists() and not folder.is_dir():
        raise OutputExistsError(f"{folder} is a file, but results need a folder: choose another path.")
    _make(folder)
    if not overwrite:
        require_free(folder)
    former = [old for pattern in owned for old in folder.glob(pattern) if old.is_file() or old.is_symlink()]
    kept = {each.resolve() for each in needed}
    for old in former:
        if old.resolve() in kept:
            raise OutputExistsError(
                f"{old} belongs to the scene, but would be removed with the files of an earlier run: choose another "
                "folder."
            )
    for old in former:
        old.unlink(missing_ok=True)
    remove_unfinished(folder, *owned)
    return folder


def require_free(folder: Path) -> None:
    """Raises OutputExistsError for a folder that exists and is not empty."""
    count = sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0
    if count:
        raise OutputExistsError(f"{folder} already has {count} entries: choose another folder, or pass overwrite=True.")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputFolderError(f"{folder} cannot be created ({error.strerror}): choose another folder.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputFolderError(
            f"{folder} is not writable: choose another folder, or change its permissions."
        )


@contextmanager
def no_empty_folders(*paths: str | os.PathLike[str]) -> Iterator[None]:
    """Removes the folders that the body has created and left empty (and their parents) if the body raises."""
    folders = {each for path in paths for each in (Path(path), *Path(path).parents)}
    made = sorted((each for each in folders if not each.exists()), key=lambda each: len(each.parts), reverse=True)
    try:
        yield
    except BaseException:
        for folder in made:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        raise


def append_whole(file: FileIO, text: str) -> None:
    """Appends a text to a file: where not all of it can be written, such as on a full disk, none of it is. Raises OSError."""
    data, size = text.encode(), file.seek(0, os.SEEK_END)
    try:
        if file.write(data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError:
        file.truncate(size)
        raise


def append_csv(path: str | os.PathLike[str], row: Mapping[str, object]) -> None:
    """Appends a row and flushes it to disk; the keys of the first row become the header.

    Floats are written so that they read back bit for bit.

    Raises:
        ValueError: if the columns differ from those of the file.
    """
    target, columns = Path(path), list(row)
    header = None
    if target.exists():
        with open(target, newline="", encoding="utf-8") as file:
            header = next(csv.reader(file), None)
    if header is not None and header != columns:
        raise ValueError(f"{target} has the columns {header}, but the row has {columns}: write it to another file.")
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    if header is None:
        writer.writerow(columns)
    writer.writerow([_text(value) for value in row.values()])
    with open(target, "ab", buffering=0) as file:
        append_whole(file, text.getvalue())
        os.fsync(file.fileno())


def _text(value: object) -> object:
    # NumPy's scalars print as "np.float32(1.5)" by repr, and lose digits by str.
    return repr(float(value)) if isinstance(value, np.floating) else value
