"""A channel with each feature of a simulation, and changes that are made to it after it was built."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import warp as wp

from sparselbm.adjoint import Field, SolidFractions
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.grid.memory import tile_view
from sparselbm.models import Harmonic, RigidVelocity, RuntimeParameter, ScaledViscosity
from sparselbm.models.boundary import X_MAX, X_MIN, Parabola, PressureOutlet, Tabulated, VelocityInlet
from sparselbm.models.collision import BGK, TRT
from sparselbm.models.force import Boussinesq, Brinkman, ForceField, RotatingFrame
from sparselbm.models.scalar import BodyValue, FixedValue, Scalar
from sparselbm.models.turbulence import WALE
from sparselbm.models.wall import Bouzidi
from sparselbm.solver import Obstacle, Simulation

STEPS = 7


@dataclass(frozen=True)
class Feature:
    """Options of a simulation, and what is done to it before the transfer."""

    options: dict[str, Any] = field(default_factory=dict)
    obstacle: dict[str, Any] | None = None
    profile: Any = None
    change: Any = lambda simulation: None


def scale(name):
    return lambda s: s.set_field(name, 1.5 * Field(name).get(s))


def blank(name):
    """All values 0, which were not at first."""
    return lambda s: s.set_field(name, 0.0 * Field(name).get(s))


def put(name):
    return lambda s: Field(name).put(s, 0.5 * Field(name).get(s))


def moved(s):
    (geometry,) = s.solids.geometry
    geometry.move(geometry.points.numpy() + np.array([1.3, 0.4, 0.0]))
    s.update_geometry({"body"})


def thinned(s):
    s.set_solid_fractions(0.5 * SolidFractions().get(s))


def with_random_solid(s):
    """Fractions also where no obstacle is."""
    s.set_solid_fractions(0.3 * np.random.default_rng(3).random(s.domain.fluid.shape))


def together(*changes):
    return lambda s: [change(s) for change in changes]


def set_numbers(**numbers):
    return lambda s: s.set_parameters({name.replace("__", "."): value for name, value in numbers.items()})


RISING = Tabulated(lambda centres, step: 0.1 * step * np.ones(len(centres)), steady=False)
DYE = Scalar("dye", 0.05, conditions=(FixedValue(X_MIN, 1.0),))
WARM = Scalar("dye", 0.05, conditions=(FixedValue(X_MIN, 1.0),), bodies=(BodyValue("body", 1.0),))
RESISTANCE = Brinkman(lambda x: 0.1 + 0.01 * x[..., 0])
PUSH = ForceField(lambda x: 1e-5 * np.sin(x))
AT_REST = RigidVelocity.at_rest(2)
SPINNING = {"body__rotation_z": 0.01, "body__velocity_x": 0.02}

FEATURES = {
    "plain": Feature(),
    "viscosity": Feature(change=set_numbers(viscosity=0.07, x_min__velocity_x=0.03, x_max__density=1.01)),
    "force field": Feature({"force": PUSH}, change=scale("force_field_x")),
    "strength": Feature({"force": PUSH}, change=set_numbers(force_strength=3.0)),
    "resistance": Feature({"force": RESISTANCE}, change=put("resistance")),
    "resistance 0": Feature({"force": RESISTANCE}, change=blank("resistance")),
    "turning frame": Feature({"force": RotatingFrame((1e-3,), (8.0, 8.0))}, change=set_numbers(frame_centre_x=5.0)),
    "thickened": Feature({"viscosity_field": ScaledViscosity(lambda x: 1.0 + 0.1 * x[..., 1])}, change=scale("viscosity")),
    "profile": Feature(profile=Parabola(0), change=scale("x_min.velocity_x")),
    "profile unset": Feature(profile=Parabola(0)),
    "unsteady profile": Feature(profile=RISING),
    "scalar": Feature({"scalars": (DYE,)}, change=set_numbers(dye__diffusivity=0.02, dye__x_min__value=0.4)),
    "buoyancy": Feature({"scalars": (DYE,), "force": Boussinesq("dye", 0.1, (0.0, -1e-3))}),
    "wale": Feature({"collision": WALE(BGK())}),
    "wale, scalar": Feature({"collision": WALE(BGK()), "scalars": (DYE,), "force": PUSH}, change=scale("force_field_y")),
    "wale, moved": Feature(
        {"collision": WALE(BGK())}, obstacle={"motion": AT_REST}, change=together(moved, set_numbers(**SPINNING))
    ),
    "tunable": Feature({"collision": TRT(magic=RuntimeParameter(3 / 16))}, change=set_numbers(collision__magic=0.1)),
    "schedule": Feature({"schedules": {"x_min.velocity_x": Harmonic(500.0, mean=1.0), "viscosity": lambda t: 1 + 0.01 * t}}),
    "body": Feature(obstacle={}),
    "body moved": Feature(obstacle={}, change=moved),
    "body spinning": Feature(obstacle={"motion": AT_REST}, change=together(moved, set_numbers(**SPINNING))),
    "solid by hand": Feature(obstacle={}, change=thinned),
    "solid anywhere": Feature(obstacle={}, change=with_random_solid),
    "moved, then by hand": Feature(obstacle={}, change=together(moved, thinned)),
    "by hand, then moved": Feature(obstacle={}, change=together(with_random_solid, moved)),
    "by hand, scalar": Feature({"scalars": (WARM,)}, obstacle={}, change=thinned),
    "by hand, wale": Feature(
        {"collision": WALE(BGK())}, obstacle={"motion": AT_REST}, change=together(thinned, set_numbers(**SPINNING))
    ),
    "wall on links": Feature(obstacle={"wall": Bouzidi()}, profile=Parabola(0), change=scale("x_min.velocity_x")),
    "all": Feature(
        {
            "collision": TRT(magic=RuntimeParameter(3 / 16)), "scalars": (WARM,),
            "viscosity_field": ScaledViscosity(lambda x: 1.0 + 0.1 * x[..., 1]),
            "force": (PUSH, Boussinesq("dye", 0.1, (0.0, -1e-3)), RESISTANCE),
            "schedules": {"x_min.velocity_x": Harmonic(500.0, mean=1.0)},
        },
        obstacle={"motion": AT_REST}, profile=RISING,
        change=together(moved, thinned, scale("viscosity"), scale("resistance"), set_numbers(**SPINNING, collision__magic=0.1)),
    ),
}


def make(feature, device):
    """A channel of 24 x 16 cells, two conditions, and the feature."""
    body = TriangleMesh.cylinder(3.0, (12, 8, -9), (12, 8, 10), 24)
    obstacles = [] if feature.obstacle is None else [Obstacle("body", body, **feature.obstacle)]
    return Simulation(
        box((24, 16), device=device), obstacles=obstacles, precision=wp.float64, threads=1,
        boundaries=[VelocityInlet(X_MIN, (0.02, 0.001), profile=feature.profile), PressureOutlet(X_MAX)],
        **{"viscosity": 0.1, **feature.options},
    )


def populations(simulation):
    return tile_view(simulation.domain, simulation.state.populations, simulation.physics.size).copy()
