"""OpenUSD's own judgement of a stage."""

from __future__ import annotations

from pathlib import Path

from sparselbm.usd.stage import open_stage


def validate_stage(path: str | Path) -> list[str]:
    """Every error that any of USD's registered validators finds; an empty list for a clean stage.

    Warnings are left out. Raises SceneError if the stage does not open.
    """
    from pxr import UsdValidation

    stage = open_stage(path)
    context = UsdValidation.ValidationContext(UsdValidation.ValidationRegistry().GetOrLoadAllValidators())
    return [
        f"{error.GetIdentifier()}: {error.GetMessage()}"
        for error in context.Validate(stage)
        if error.GetType() == UsdValidation.ValidationErrorType.Error
    ]
