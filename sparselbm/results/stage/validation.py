"""Validation of a stage by OpenUSD."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sparselbm.scene.usd import open_stage
from sparselbm.scene.usd.stage import asset_folders


def validate_stage(path: str | Path) -> list[str]:
    """Returns all errors found by USD's registered validators; empty for a valid stage.

    Warnings are omitted. Raises SceneError if the stage cannot be opened.
    """
    from pxr import UsdValidation

    stage = open_stage(path)
    validators = UsdValidation.ValidationRegistry().GetOrLoadAllValidators()
    with _default_search_path(asset_folders(Path(path))):
        errors = UsdValidation.ValidationContext(validators).Validate(stage)
    return [
        f"{error.GetIdentifier()}: {error.GetMessage()}"
        for error in errors
        if error.GetType() == UsdValidation.ValidationErrorType.Error
    ]


@contextmanager
def _default_search_path(folders: list[str]) -> Iterator[None]:
    """Adds folders to USD's default search path temporarily.

    One validator collects the dependencies in its own threads, where the stage's resolver context does not apply. USD cannot
    return its current path, so that of the environment is restored.
    """
    from pxr import Ar

    given = [folder for folder in os.environ.get("PXR_AR_DEFAULT_SEARCH_PATH", "").split(os.pathsep) if folder]
    Ar.DefaultResolver.SetDefaultSearchPath(given + folders)
    try:
        yield
    finally:
        Ar.DefaultResolver.SetDefaultSearchPath(given)
