"""What is drawn of a flow into a results stage: each drawing is a value that says what, and where."""

from .drawing import Drawing, Moment, draw_all
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
    "Glyphs",
    "Isosurface",
    "Moment",
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
