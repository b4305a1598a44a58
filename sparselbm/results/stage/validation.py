"""OpenUSD's own judgement of a stage."""

# pxr fills its modules at run time, out of pyright's sight.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sparselbm.scene.usd import open_stage
from sparselbm.scene.usd.stage import asset_folders


def validate_stage(path: str | Path) -> list[str]:
    """Every error that any of USD's registered validators finds; an empty list for a clean stage.

    Warnings are left out. Raises SceneError if the stage does not open.
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
    """Add folders to USD's default search path for a while.

    One validator collects the dependencies on threads of its own, where the stage's resolver context does
    not count. USD cannot tell its present path, so the one of the environment is put back.
    """
    from pxr import Ar

    given = [folder for folder in os.environ.get("PXR_AR_DEFAULT_SEARCH_PATH", "").split(os.pathsep) if folder]
    Ar.DefaultResolver.SetDefaultSearchPath(given + folders)
    try:
        yield
    finally:
        Ar.DefaultResolver.SetDefaultSearchPath(given)
