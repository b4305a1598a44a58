"""Case of a voxel image: its file, its voxels and the flow through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import warp as wp

from ..errors import CaseError, SceneError
from ..flows import (
    CoarserGrid,
    ErrorEstimate,
    FinerGrid,
    OtherViscosity,
    PeriodicSides,
    PorousMedium,
    PorousMediumSetup,
    SealedSides,
)
from ..scene.images import (
    SUFFIXES,
    VOLUME_SUFFIXES,
    PoreLabels,
    Segmentation,
    Storage,
    Threshold,
    VoxelImage,
    read_image,
)
from ..scene.images.scene import image_scene
from ..scene.usd import Scene
from .entry import CasePart, spelt
from .models import lattice_of, model_of
from .parts import (
    CaseDesign,
    CaseDomain,
    CaseFluid,
    CaseForce,
    CaseImage,
    CaseObjective,
    CaseReference,
    CaseSolver,
    CaseStream,
    SceneFile,
)
from .source import Source

_ESTIMATES: Mapping[str, ErrorEstimate | None] = {
    "coarserGrid": CoarserGrid(), "finerGrid": FinerGrid(), "viscosity": OtherViscosity(), "none": None,
}
SETTINGS_OF_IMAGES: Mapping[type[CasePart], tuple[str, ...]] = {
    CaseDomain: ("voxelSize",), CaseFluid: ("density", "viscosity", "dynamicViscosity"),
    CaseSolver: ("lattice", "collision", "precision", "tolerance", "until", "maxSteps"),
    CaseReference: (), CaseObjective: (), CaseDesign: (), CaseForce: (), CaseStream: (),
}
"""Settings that apply to the flow through an image, of the parts of which some do not."""


class ImageSettings(Protocol):
    """Settings of a case that concern its image."""

    @property
    def scene(self) -> SceneFile: ...

    @property
    def image(self) -> CaseImage: ...

    @property
    def domain(self) -> CaseDomain: ...

    @property
    def fluid(self) -> CaseFluid: ...

    @property
    def solver(self) -> CaseSolver: ...

    @property
    def source(self) -> Source: ...


@dataclass(frozen=True, eq=False)
class ImageOfCase:
    """The image of a case, read once."""

    case: ImageSettings
    path: Path
    """Image file."""
    read: VoxelImage
    """The part of the image that is used, in metres."""
    pore: np.ndarray
    """Mask of the pores, (nx, ny, nz) bool."""
    segmentation: Segmentation
    """Rule by which they were found."""

    @classmethod
    def of(cls, case: ImageSettings, path: Path) -> ImageOfCase:
        """Reads the image. Raises SceneError for a file that cannot be read, CaseError for a missing voxel size or pores."""
        part, place = case.image, case.source.place
        storage = Storage(shape=part.shape, data_type=part.data_type, big_endian=part.big_endian, order=part.axis_order)
        found = read_image(path, storage)
        unit = case.scene.metres_per_unit or 1.0
        size = case.domain.voxel_size or (found.voxel_size and unit * found.voxel_size)
        if size is None:
            raise CaseError(
                f"{place('domain', 'voxelSize')} is missing: {path.suffix} files do not store the edge of a voxel; give it in "
                "metres, such as 5e-6"
            )
        x, y, z = (unit * corner for corner in found.origin)
        placed = replace(found, voxel_size=size, origin=(x, y, z)).cropped(part.crop_from, part.crop_to)
        rule = PoreLabels(part.pore) if part.threshold is None else Threshold(part.threshold, part.pore_side == "above")
        try:
            return cls(case, path, placed, rule.pores(placed.values), rule)
        except SceneError as error:
            raise CaseError(f"{place('image', 'pore' if part.threshold is None else 'threshold')}: {error}") from error

    def scene(self) -> Scene:
        """A scene that contains the box of the image."""
        image, size = self.read, self.read.voxel_size
        assert size is not None
        upper = [corner + size * n for corner, n in zip(image.origin, image.values.shape)]
        return image_scene(Path(self.case.scene.file or self.path), image.origin, upper)

    def setup(self, device: wp.DeviceLike) -> PorousMediumSetup:
        """The checked set-up of the flow along the first of the axes. Raises PorousMediumError, UnitsError."""
        case, part = self.case, self.case.image
        collision = model_of(case.solver, "collision", case.source)
        chosen = {
            "collision": collision and collision.model(**dict(collision.arguments)), "lattice": lattice_of(case.solver),
            "viscosity": case.fluid.kinematic_viscosity,
        }
        own: dict[str, Any] = {name: each for name, each in chosen.items() if each is not None}
        medium = PorousMedium(
            voxel_size=self.read.voxel_size,  # type: ignore[arg-type]
            sides=PeriodicSides() if part.sides == "periodic" else SealedSides(), density=case.fluid.density,
            lattice_viscosity=part.lattice_viscosity, axes=tuple(map("xyz".index, part.axes)),
            error_estimate=_ESTIMATES[part.error_estimate],
            precision=wp.float32 if case.solver.precision == "single" else wp.float64, **own,
        )
        indices = ", ".join(self.read.order)
        fast = f" ({self.read.order[-1]} varies fastest)"
        read_as = f"indices of the stored array run along {indices}{fast}; {self.segmentation.words}"
        return medium.in_image(self.pore, origin=self.read.origin, read_as=read_as, device=device)


def image_file(case: ImageSettings) -> Path | None:
    """File of the case's image; None for a case without one.

    A .nvdb or .vdb scene is an image if any setting of the image is given, and else the surface of a body. Raises CaseError for
    a file outside the folder where the source allows local files only.
    """
    part, scene = case.image, Path(case.scene.file or "")
    if part.file is not None:
        return case.source.path_of(part.file, case.source.place("image", "file"))
    suffix = scene.suffix.lower()
    return scene if suffix in SUFFIXES or (suffix in VOLUME_SUFFIXES and part != CaseImage()) else None


def require_image(case: Any) -> None:
    """Raises CaseError for settings that do not apply to an image, and for those of an image where there is none."""
    place, part = case.source.place, case.image
    if image_file(case) is None:
        for name, _ in _changed(part, CaseImage()):
            raise CaseError(
                f"{place('image', name)} is set, but {Path(case.scene.file or '').name} is no image: name one as "
                f"{place('image', 'file')}, or remove it"
            )
        return
    given: list[tuple[str, str, Any]] = [
        (kind.space, name, value) for kind, free in SETTINGS_OF_IMAGES.items()
        for name, value in _changed(getattr(case, kind.space), kind()) if name not in free
    ]
    given += [("time", "duration", case.time.duration)] if case.time.duration is not None else []
    for space in ("obstacle", "opening", "boundary", "scalar", "condition", "constraint"):
        given += [(space, "kind", path) for path in getattr(case, space)]
    for space, name, value in given:
        raise CaseError(
            f"{place(space, name)} is {value!r}, but the flow through the image {image_file(case)} has no body, box or openings, "
            "and is steady: remove it"
        )


def _changed(part: CasePart, default: CasePart) -> list[tuple[str, Any]]:
    """Names and values of the settings that are not the default."""
    return [(spelt(name), value) for name, value in vars(part).items() if value != getattr(default, name)]
