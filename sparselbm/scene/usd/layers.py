"""Layers of a scene before it is composed: opened by name, walked without recursion, with all files that they name."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sparselbm.errors import SceneError
from sparselbm.files.reading import require_readable
from sparselbm.scene.usd.crate import require_sound

if TYPE_CHECKING:
    from pxr import Sdf

MOST_LEVELS = 2_000
"""Largest number of prims above one another, and of brackets within one another in a text file: OpenUSD's own recursion ends
the process at some ten thousand."""


def open_layer(name: str) -> Sdf.Layer | None:
    """Opens a layer by its resolved name; None for a missing or unreadable one, which composition reports.

    Raises SceneError for what is no regular file (a pipe would never end), a pointer of Git LFS, a crate that states sizes it
    cannot have, and deeper nesting than `MOST_LEVELS`.
    """
    from pxr import Sdf, Tf

    file = Path(name.partition("[")[0].partition(":SDF_FORMAT_ARGS:")[0])
    if "\0" not in name and file.exists():
        require_readable(file, SceneError)
        require_sound(file)
        _require_shallow(file)
    try:
        return Sdf.Layer.FindOrOpen(name)
    except (Tf.ErrorException, UnicodeDecodeError):  # OpenUSD's message may quote bytes that are no text.
        return None


def prim_specs(layer: Sdf.Layer) -> Iterator[Sdf.PrimSpec]:
    """All prim specs of a layer, those in variants too. Raises SceneError for deeper nesting than `MOST_LEVELS`."""
    ahead = list(layer.rootPrims)
    while ahead:
        spec = ahead.pop()
        if spec.path.pathElementCount > MOST_LEVELS:
            place = str(spec.path)[:80]
            raise SceneError(f"{layer.identifier}: prims are nested over {MOST_LEVELS:,} deep, below {place}; flatten the scene")
        yield spec
        ahead += spec.nameChildren
        ahead += [variant.primSpec for each in spec.variantSets for variant in each.variantList]


def assets_of(name: str) -> list[str]:
    """All files that a layer names: sublayers, references, payloads, value clips, and values of asset attributes."""
    from pxr import Tf, UsdUtils

    try:
        found = UsdUtils.ExtractExternalReferences(name)
    except (Tf.ErrorException, UnicodeDecodeError):
        return []
    return [asset for asset in dict.fromkeys(asset for kind in found for asset in kind) if asset]


def is_layer(name: str) -> bool:
    """Whether OpenUSD reads files of this type as layers."""
    from pxr import Sdf

    return Sdf.FileFormat.FindByExtension(Sdf.Layer.SplitIdentifier(name)[0]) is not None


def _require_shallow(file: Path) -> None:
    """Raises SceneError for a text file whose brackets are nested deeper than the parser can follow."""
    data = np.fromfile(file, np.uint8)
    if data[:5].tobytes() != b"#usda":
        return
    steps = np.isin(data, [*b"{[("]).astype(np.int8) - np.isin(data, [*b"}])"]).astype(np.int8)
    deepest = int(np.cumsum(steps, dtype=np.int64).max())
    if deepest > 2 * MOST_LEVELS:
        limit = 2 * MOST_LEVELS
        raise SceneError(f"{file}: brackets are nested {deepest:,} deep, above the limit of {limit:,}; flatten the scene")
