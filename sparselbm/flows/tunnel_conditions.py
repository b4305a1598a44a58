"""Boundary conditions on the six sides of a wind tunnel."""

from collections.abc import Collection, Sequence

from ..models.boundary import BoundaryCondition, Face, FreeSlip, MovingWall, PressureOutlet, Profile, VelocityInlet
from ..models.boundary.prescribed import PrescribedPressure
from ..units import Units
from .sides import SideCondition, SideWall

_OUTLET_RELAXATION = 0.02
"""Ten times the default of the outlet: the wake reaches its pressure in 140 steps instead of 1400. It reflects more sound,
which a steady flow does not have."""


def tunnel_conditions(
    inflow: tuple[float, ...], profile: Profile | None, walls: Sequence[SideWall], conditions: Sequence[SideCondition],
    units: Units, *, closed: Collection[Face] = (),
) -> tuple[BoundaryCondition, ...]:
    """Boundary conditions of the sides.

    `inflow`: incoming velocity along one axis [cells / step]; `conditions`: those in place of the tunnel's own;
    `closed`: sides without any fluid cell.
    """
    axis, own = next(k for k in range(3) if inflow[k]), {each.face: each.model for each in conditions}

    def condition(model: type[BoundaryCondition], face: Face, *velocity: tuple[float, ...], **more) -> BoundaryCondition:
        return own[face](face, *velocity) if face in own else model(face, *velocity, **more)

    stuck = [wall.face for wall in walls]
    sides = [Face(k, end) for k in range(3) if k != axis for end in (0, 1)]
    return (
        condition(VelocityInlet, Face(axis, 0), inflow, profile=profile),
        *(
            condition(MovingWall, wall.face, tuple(map(units.velocity_to_lattice, wall.velocity)))
            for wall in walls if wall.face not in closed
        ),
        *(condition(FreeSlip, face) for face in sides if face not in (*stuck, *closed)),
        condition(PressureOutlet, Face(axis, 1), relaxation=_OUTLET_RELAXATION),
    )


def pressure_doubts(conditions: Sequence[BoundaryCondition]) -> tuple[str, ...]:
    """Doubts about conditions with a density at the centres of the cells that meet no-slip sides."""
    sides = ", ".join(str(each.face) for each in conditions if isinstance(each, MovingWall))
    return tuple(
        f"{type(each).__name__} on {each.face} meets no-slip sides ({sides}): shear is taken for a pressure there, and flows "
        "divided between such outlets were 5 to 20% off in three dimensions; use LinkPressure (1 to 4%) or PressureOutlet"
        for each in conditions if sides and isinstance(each, PrescribedPressure)
    )
