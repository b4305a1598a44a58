"""Causes of an instability, found from the figures of the simulation: one diagnosis a function."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..grid import Domain
from ..lattice import D3Q19, Lattice
from ..models.boundary import BoundaryCondition, Face
from ..models.collision import KBC, MRT, TRT, CentralMoment, Collision, Cumulant, RecursiveRegularised
from ..models.force import Boussinesq
from ..models.physics import Physics
from .bodies import Meeting, listed
from .parameter_table import ParameterTable
from .resonance import longest_resonance, short_periods

ADVISED_SPEED = 0.1
"""Largest recommended velocity at a boundary [cells / step]: 3 % compressibility error."""
NEAR_HALF = 0.01
"""Value of tau - 1/2 below which the stability of a flow of 0.1 cells / step depends on the collision model."""
HELD_DENSITY = 0.1
"""Largest |rho - 1| at an opening that a nearly incompressible flow can follow."""
CLEAR_OF_INLETS = 2.0
"""Cells of fluid that should lie between an inlet and an obstacle."""

OF_CASES, _OF_PYTHON = (CentralMoment, Cumulant, RecursiveRegularised), (MRT, KBC)
"""Collision models that are stable at lower viscosities than BGK and TRT (docs/explanation/stability.md): those that a case
file can select, and others."""


@dataclass(frozen=True, kw_only=True)
class BlowUp:
    """Figures of a simulation that has become unstable."""

    domain: Domain
    physics: Physics
    parameters: ParameterTable
    meetings: Sequence[Meeting] = ()
    """Obstacles that touch or overlap."""
    bounds: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Lower and upper corners of the obstacles [m], (2, 3)."""
    lost: Sequence[str] = ()
    """Names of the scalars that are not finite in the cell where the instability was first seen."""

    @property
    def viscosity(self) -> float:
        """nu [cells^2 / step]."""
        return self.parameters["viscosity"].value

    def speed(self, condition: BoundaryCondition) -> float:
        """|u| that a boundary condition prescribes [cells / step]; 0 if it prescribes none."""
        numbers = condition.parameters(self.domain.dimension)
        names = [number.of(condition.face.name).name for number in numbers if number.name.startswith("velocity")]
        return float(np.linalg.norm([self.parameters[name].value for name in names])) if names else 0.0

    @property
    def fastest(self) -> tuple[BoundaryCondition | None, float]:
        """Boundary condition with the largest velocity, and its |u| [cells / step]."""
        return max(((b, self.speed(b)) for b in self.physics.boundaries), key=lambda item: item[1], default=(None, 0.0))


Diagnosis = Callable[[BlowUp], str | None]
"""Returns a sentence with the value, the limit and the remedy if the figures show this cause, else None."""


def scalar_not_finite(found: BlowUp) -> str | None:
    """A scalar that is not finite makes a flow fail that it drives, even with an expansion coefficient of 0."""
    driving = {force.scalar for force in found.physics.forces if isinstance(force, Boussinesq)}
    advice = [
        f"check the initial values of {name}, its boundary values and its source"
        + (", which also make the flow fail, for any expansion coefficient of Boussinesq" if name in driving else "")
        for name in found.lost
    ]
    return "; ".join(advice) or None


def obstacles_meet(found: BlowUp) -> str | None:
    """Obstacles that touch or overlap act as one solid, with a gap of half-solid cells between them."""
    if not found.meetings:
        return None
    return f"obstacles meet: {listed(found.meetings)}: move them apart, or join parts of one solid into one mesh"


def fast_boundary(found: BlowUp) -> str | None:
    """Velocity of a boundary that is too large for a nearly incompressible flow."""
    condition, speed = found.fastest
    if condition is None or speed <= ADVISED_SPEED:
        return None
    return (
        f"the velocity at {condition.face.name} is {speed:.3g} cells/step, more than {ADVISED_SPEED:g}: lower the lattice "
        "velocity, and the viscosity by the same factor"
    )


def large_cell_reynolds(found: BlowUp) -> str | None:
    """Cell Reynolds number u / nu at an inlet, above the limit of the collision model."""
    (condition, speed), collision = found.fastest, found.physics.collision
    limits = collision.cell_reynolds_limits.get(found.physics.lattice)
    if condition is None or limits is None:
        return None
    limit = min(limits.slip, limits.walls) if condition.face.plane else min(limits.rim, limits.developed)
    share = speed / found.viscosity
    if share <= limit:
        return None
    return (
        f"u / nu at {condition.face.name} is {share:.3g} per cell, above the limit of {limit:g} of {type(collision).__name__} on "
        f"{found.physics.lattice}: use finer voxels, {_more_stable(collision, found.physics.lattice)}, or raise the viscosity"
    )


def dense_opening(found: BlowUp) -> str | None:
    """Pressure of an opening that compresses the fluid."""
    names = [f"{b.face.name}.density" for b in found.physics.boundaries if f"{b.face.name}.density" in found.physics.parameters]
    worst = max(names, key=lambda name: abs(found.parameters[name].excess), default=None)
    excess = 0.0 if worst is None else abs(found.parameters[worst].excess)
    if worst is None or excess <= HELD_DENSITY:
        return None
    return (
        f"|rho - 1| at {worst.removesuffix('.density')} is {excess:.3g}, more than {HELD_DENSITY:g}: lower the pressure "
        "differences, or the lattice velocity, on whose square they depend"
    )


def solid_beside_inlet(found: BlowUp) -> str | None:
    """An obstacle so close to an inlet that the flow has to turn at once."""
    domain = found.domain
    for condition in found.physics.boundaries:
        face = condition.face
        if not isinstance(face, Face) or found.speed(condition) == 0.0:
            continue
        for name, bounds in found.bounds.items():
            first, last = (bounds[:, face.axis] - domain.origin[face.axis]) / domain.voxel_size
            gap = first if face.end == 0 else domain.shape[face.axis] - last
            if np.isfinite(gap) and gap < CLEAR_OF_INLETS:
                return (
                    f"obstacle {name!r} is {max(gap, 0.0):.2g} cells from the inlet {face.name}, less than "
                    f"{CLEAR_OF_INLETS:g}: move it, or begin the domain farther upstream"
                )
    return None


def resonant_period(found: BlowUp) -> str | None:
    """A boundary condition that varies so fast that sound resonates."""
    periods = short_periods(found.domain, found.physics, found.parameters.schedules)
    if not periods:
        return None
    name = min(periods, key=lambda each: periods[each])
    return (
        f"the condition on {name} varies with a period of {periods[name]:g} steps, below 4 L / c_s = "
        f"{longest_resonance(found.domain):.0f} steps, so that sound resonates: take more steps per period, or a shorter domain"
    )


def low_viscosity(found: BlowUp) -> str | None:
    """Viscosity that is low for the collision model."""
    tau = 3.0 * found.viscosity + 0.5
    if tau - 0.5 >= NEAR_HALF:
        return None
    return (
        f"the relaxation time {tau:.6g} is within {NEAR_HALF:g} of 1/2: use finer voxels, "
        f"{_more_stable(found.physics.collision, found.physics.lattice)}, or raise the viscosity"
    )


def slow_diffusion(found: BlowUp) -> str | None:
    """Scalars whose relaxation time is close to 1/2."""
    d, slow = found.physics.lattice.dimension, []
    for scalar in found.physics.scalars:
        tau = found.parameters[f"{scalar.name}.diffusivity"].value / scalar.lattice(d).cs2 + 0.5
        if tau - 0.5 < NEAR_HALF:
            slow.append(
                f"the relaxation time {tau:.6g} of {scalar.name} is within {NEAR_HALF:g} of 1/2: raise its diffusivity, use "
                "finer voxels or ScalarTRT(magic=1/4)"
            )
    return "; ".join(slow) or None


DIAGNOSES: tuple[Diagnosis, ...] = (
    scalar_not_finite, obstacles_meet, fast_boundary, dense_opening, solid_beside_inlet, large_cell_reynolds, resonant_period,
    low_viscosity, slow_diffusion,
)
"""All diagnoses, the most probable cause first."""


def advice(found: BlowUp) -> str:
    """The sentences of all diagnoses that apply, or the figures that exclude them."""
    causes = [sentence for diagnosis in DIAGNOSES if (sentence := diagnosis(found))]
    if not causes:
        tau = 3.0 * found.viscosity + 0.5
        return (
            f"boundary velocities are at most {ADVISED_SPEED:g} cells/step and the relaxation time {tau:.4g} is not too low: "
            "lower the initial velocity or the force, or check the geometry near that cell"
        )
    return "; ".join(causes)


def _more_stable(present: Collision, lattice: Lattice) -> str:
    """Names of more stable collision models, first those that are available in a case file, and the lattice for them."""
    best = ", best on D3Q27" if lattice == D3Q19 else ""
    named, python = ([each.__name__ for each in some if type(present) is not each] for some in (OF_CASES, _OF_PYTHON))
    if isinstance(present, TRT) and present.magic != 1 / 4:
        python.append("TRT(magic=1/4)")
    return f"a more stable collision ({', '.join(named)}{best}; in Python also {', '.join(python)} or a sub-grid model)"
