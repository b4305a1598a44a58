"""Drawings of a flow in the results stage: slices, streamlines, isosurfaces and surface values."""

from .drawing import Drawing, draw_all
from .frame import FlowFrame
from .glyphs import Glyphs
from .isosurface import Isosurface
from .quantity import Pressure, QCriterion, Quantity, Speed, Vorticity
from .slice import Slice
from .streamlines import Streamlines
from .surface import SurfaceValues
from .tracers import Tracers
from .volumes import VolumeGrids

__all__ = [
    "Drawing",
    "FlowFrame",
    "Glyphs",
    "Isosurface",
    "Pressure",
    "QCriterion",
    "Quantity",
    "Slice",
    "Speed",
    "Streamlines",
    "SurfaceValues",
    "Tracers",
    "VolumeGrids",
    "Vorticity",
    "draw_all",
]
