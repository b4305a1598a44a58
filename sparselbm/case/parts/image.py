"""Voxel image of a porous medium."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...flows import PorousMedium
from ..entry import CasePart, entry
from ..kinds import COUNTS, FLAG, LABELS, NUMBER, TEXT, TOKEN


@dataclass(frozen=True, kw_only=True)
class CaseImage(CasePart):
    """Voxel image, through whose pores the fluid creeps, for its permeability. The cell size is the edge of a voxel.

    Walls are halfway between pore and solid voxels. There are no bodies and no box then.
    """

    space: ClassVar[str] = "image"

    file: str | None = entry(
        TEXT, None, "Image file, relative to the case's folder: .npy, .raw, .tif, .vti, .nvdb or .vdb. Not set: the scene file, "
        "if it is an image.", option=False,
    )
    shape: tuple[int, int, int] | None = entry(
        COUNTS, None, "Number of voxels along x, y and z. Required for .raw files, which have no header."
    )
    data_type: str = entry(
        TOKEN, "uint8", "Type of a voxel in .raw files.",
        allowed=("uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"),
    )
    big_endian: bool = entry(FLAG, False, "Whether the most significant byte of a voxel comes first in .raw files.")
    axis_order: str | None = entry(
        TOKEN, None, "Axes along which the indices of the stored array run, the slowest first; zyx: x varies fastest. Not set: "
        "xyz for .npy, zyx for .raw and for the pages, rows and columns of .tif; other formats store it.",
        allowed=("xyz", "xzy", "yxz", "yzx", "zxy", "zyx"),
    )
    pore: tuple[int, ...] | None = entry(
        LABELS, None, "Values of the voxels that are pores. Not set: the voxels of an image of truth values that are true."
    )
    threshold: float | None = entry(
        NUMBER, None, "Value below or above which voxels are pores: see poreSide.", instead_of=("pore",)
    )
    pore_side: str = entry(
        TOKEN, "below", "Side of the threshold on which voxels are pores.", allowed=("below", "above")
    )
    crop_from: tuple[int, int, int] | None = entry(
        COUNTS, None, "First voxel of the part that is used, counted from 0 along x, y and z. Not set: the first one."
    )
    crop_to: tuple[int, int, int] | None = entry(
        COUNTS, None, "Voxel after the last one of the part that is used. Not set: the end of the image."
    )
    axes: str = entry(
        TOKEN, "x", "Axes along which the permeability is computed, one run each; xyz: the whole tensor.",
        allowed=("x", "y", "z", "xyz"),
    )
    sides: str = entry(
        TOKEN, "sealed", "Conditions at the faces of the image. sealed: a pressure difference between the faces across the flow, "
        "the other faces being walls, as cores are measured; periodic: a body force in an image that repeats along all axes.",
        allowed=("sealed", "periodic"),
    )
    error_estimate: str = entry(
        TOKEN, "coarserGrid",
        "Second run from which the error of the permeability is estimated. coarserGrid: voxels twice as large; finerGrid: each "
        "voxel divided into 2 x 2 x 2, in eight times the memory; viscosity: three times the viscosity on the lattice; none: no "
        "second run.", allowed=("coarserGrid", "finerGrid", "viscosity", "none"),
    )
    lattice_viscosity: float | None = entry(
        NUMBER, PorousMedium.lattice_viscosity, "Kinematic viscosity on the lattice [cells2/step]; with TRT the permeability "
        "does not depend on it. Not set: the one that needs the fewest steps, 0.02 to 1/6.", above=0.0,
    )
