"""Cell Reynolds numbers up to which a collision model is stable."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CellReynoldsLimits:
    """Largest cell Reynolds numbers u / nu [1 / cell] at which all measured flows with an inlet were stable.

    u: largest velocity of the inlet; nu: viscosity [cells^2 / step]. The limits do not depend on u itself (measured from 0.02 to
    0.15 cells / step). Source: docs/explanation/stability.md.
    """

    slip: float
    """Inlet of a box whose sides are free-slip."""
    oblique: float
    """Inlets of an oblique stream, on two or three sides of a box: the smaller one of this and that of the sides counts."""
    walls: float
    """Inlet of a box with no-slip sides, which meet the inlet and the outlet."""
    links: float
    """Inlet of a box around a body whose wall is on links, interpolated: the smaller one of this and the two above counts."""
    rim: float
    """Cap of a surface with a uniform velocity, which jumps to 0 at the wall."""
    developed: float
    """Cap of a surface with a velocity profile that is 0 at the wall."""
