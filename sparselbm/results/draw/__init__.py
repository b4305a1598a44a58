"""Drawings of a flow in the results stage: slices, streamlines, isosurfaces and surface values."""

from .chosen import with_fields
from .drawing import Drawing, draw_all
from .glyphs import Glyphs
from .isosurface import Isosurface
from .slice import Slice
from .streamlines import Streamlines
from .surface import SurfaceValues
from .tracers import Tracers
from .volumes import VolumeGrids

__all__ = [
    "Drawing",
    "Glyphs",
    "Isosurface",
    "Slice",
    "Streamlines",
    "SurfaceValues",
    "Tracers",
    "VolumeGrids",
    "draw_all",
    "with_fields",
]
