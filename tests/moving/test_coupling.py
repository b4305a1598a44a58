"""What body and flow exchange: the sums against NumPy, force and torque objectives, and conservation in 3D."""

import numpy as np
import pytest
import warp as wp
from moving_cases import cylinder, momentum, shift

from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.grid.memory import tile_view
from sparselbm.models import Harmonic, RigidVelocity, ScaledViscosity
from sparselbm.models.boundary import X_MIN, Y_MIN, FreeSlip
from sparselbm.models.collision import TRT
from sparselbm.models.force import ForceField
from sparselbm.models.scalar import BodyValue, Scalar
from sparselbm.models.turbulence import WALE
from sparselbm.models.wall.partially_saturated import saturation
from sparselbm.observe import Force, Torque, evaluate
from sparselbm.solver import Obstacle, Simulation
from sparselbm.solver.moving import MovingObstacles, Prescribed, RigidBody, Uniform
from sparselbm.solver.moving.coupling import CouplingSums

NU = 0.05


def stirred(device, dimension, **settings):
    """Two bodies in a flow that differs from place to place; the first moves in itself."""
    if dimension == 2:
        meshes = [cylinder(4.3, (11.2, 12.7)), cylinder(3.1, (20.3, 20.2))]
        motion = RigidVelocity((0.01, -0.02), (0.003,), (10.7, 12.1))
    else:
        meshes = [TriangleMesh.sphere(4.3, (11.2, 12.7, 12.1), 2), TriangleMesh.sphere(3.1, (20.3, 18.2, 14.0), 2)]
        motion = RigidVelocity((0.01, -0.02, 0.005), (0.003, -0.001, 0.002), (10.7, 12.1, 11.9))
    simulation = Simulation(
        box((32, 32, 24)[:dimension], device=device), viscosity=NU, precision=wp.float64,
        obstacles=[Obstacle("a", meshes[0], motion=motion), Obstacle("b", meshes[1])], **settings,
    )
    place = simulation.domain.cell_indices() + 0.5
    simulation.set_state(1.0 + 0.001 * np.sin(0.3 * place[..., 0]), 0.03 * np.sin(0.2 * place[..., ::-1]))
    simulation.run(10)
    return simulation, motion


PERIOD = 17.0
SCALARS = [Scalar("dye", 0.1), Scalar("heat", 0.05, bodies=(BodyValue("a", 1.0),))]
FEATURES = {
    "nothing": {}, "scalars": {"scalars": SCALARS}, "WALE": {"collision": WALE(TRT())},
    "scalars and WALE": {"scalars": SCALARS, "collision": WALE(TRT())},
    "fields": {"viscosity_field": ScaledViscosity(lambda x: 1.0 + 0.02 * x[..., 0])},
    "schedules": {"schedules": {"viscosity": Harmonic(PERIOD, 0.5, 1.0)}},
    "everything": {
        "scalars": SCALARS, "collision": WALE(TRT()), "viscosity_field": ScaledViscosity(lambda x: 1.0 + 0.02 * x[..., 0]),
        "schedules": {"viscosity": Harmonic(PERIOD, 0.5, 1.0), "dye.diffusivity": Harmonic(PERIOD, 0.2, 1.0)},
    },
}
"""Everything beside a moving body that changes the layout of a state, or the numbers of a cell."""
TOGETHER = {(2, "nothing"), (2, "everything"), (3, "everything")}
"""Under `make test`; each alone, which shows the cause of a difference, under `make validate`."""
CROSS = [
    pytest.param(d, name, marks=() if (d, name) in TOGETHER else pytest.mark.validate)
    for d, name in (*((2, name) for name in FEATURES), (3, "nothing"), (3, "everything"))
]


def viscosities(simulation, features):
    """nu of every cell at the present step, by NumPy, (n, cells)."""
    place = simulation.domain.cell_indices() + 0.5
    factor = features.get("schedules", {}).get("viscosity", lambda step: 1.0)(simulation.steps)
    thick = features["viscosity_field"].function(place) if "viscosity_field" in features else 1.0
    return NU * factor * thick * np.ones(place.shape[:-1])


@pytest.mark.parametrize(("dimension", "name"), CROSS)
def test_sums_are_those_of_numpy_and_of_the_objectives(device, dimension, name):
    """(F, T) of the present velocity, and the inertia of the fluid in the first body, cell by cell, whatever is beside it."""
    simulation, motion = stirred(device, dimension, **FEATURES[name])
    found = CouplingSums(simulation.solids.named("a"), simulation.passes, simulation.state).take()
    domain = simulation.domain
    eps = tile_view(domain, simulation.solids.fractions, 1)[:, 0]
    owned = (simulation.walls.host_labels()[:, 0] >> 16) == 1
    w = (saturation(eps, 3.0 * viscosities(simulation, FEATURES[name])) * owned * simulation.density())[..., None]
    r, u = np.zeros((*eps.shape, 3)), np.zeros((*eps.shape, 3))
    r[..., :dimension] = domain.cell_indices() + 0.5 - np.asarray(motion.centre)
    u[..., :dimension] = simulation.velocity()
    impulse = np.concatenate([(w * u).sum(axis=(0, 1)), (w * np.cross(r, u)).sum(axis=(0, 1))])
    assert found.impulse == pytest.approx(impulse, rel=1e-9, abs=1e-12)
    columns = []
    for k, unit in enumerate(np.tile(np.eye(3), (2, 1))):  # Momentum of the fluid held, for each unit of (v, Omega).
        field = np.broadcast_to(unit, r.shape) if k < 3 else np.cross(unit, r)
        columns.append(np.concatenate([(w * field).sum(axis=(0, 1)), (w * np.cross(r, field)).sum(axis=(0, 1))]))
    assert found.inertia == pytest.approx(np.stack(columns, axis=1), rel=1e-9, abs=1e-9)
    v = np.array([*motion.velocity, 0.0])[:3]
    exerted = found.exerted(v, np.array([0.0, 0.0, *motion.rotation])[-3:])
    along, axis = np.array([1.0, 0.4, 0.3])[:dimension], np.array([0.2, 0.5, 1.0]) * (dimension == 3) + (0.0, 0.0, 1.0)
    drag, torque = Force("a", tuple(along)), Torque("a", motion.centre, tuple(axis))
    assert exerted[:dimension] @ along == pytest.approx(evaluate(drag, simulation), rel=1e-9, abs=1e-12)
    assert exerted[3:] @ axis == pytest.approx(evaluate(torque, simulation), rel=1e-9, abs=1e-12)


IDLE = {
    "scalars": {"scalars": [Scalar("dye", 0.1), Scalar("ink", 0.05)]},
    "WALE": {"collision": WALE(TRT(), constant=1e-9)},
    "scalar and WALE": {"scalars": [Scalar("dye", 0.1)], "collision": WALE(TRT(), constant=1e-9)},
    "fields": {"force": ForceField(lambda x: 1e-12 * np.ones(x.shape))},
    "schedules": {"schedules": {"viscosity": Harmonic(PERIOD, 0.0, 1.0)}},
}
"""What may stand beside a body without acting on the flow."""
COURSES = {
    "prescribed": Prescribed(lambda t: shift(0.01 * t, 0.02 * t)),
    "free": RigidBody(matter=Uniform(3.0), gravity=(0.0, 1e-5)),
}


def driven(device, course, features):
    """The track of a cylinder in a periodic flow."""
    simulation = Simulation(
        box((32, 32), periodic=(True, True), device=device), viscosity=NU, precision=wp.float64,
        obstacles=[Obstacle("body", cylinder(4.3, (16.2, 15.7)), motion=RigidVelocity.at_rest(2))], **features,
    )
    simulation.set_state(1.0, (0.03, -0.01))
    return MovingObstacles(simulation, {"body": COURSES[course]}).run(20, every=2)["body"]


@pytest.mark.parametrize("course", COURSES)
@pytest.mark.parametrize("name", IDLE)
def test_a_body_moves_and_feels_as_it_does_alone(device, course, name):
    """Velocity, force and torque beside features that do not act on the flow are those without them."""
    alone, beside = driven(device, course, {}), driven(device, course, IDLE[name])
    for part in ("velocity", "rotation", "force", "torque"):
        assert getattr(beside, part) == pytest.approx(getattr(alone, part), rel=1e-6, abs=1e-9)


def test_a_quarter_between_planes_of_symmetry_is_a_quarter_of_the_whole(device):
    """Planes run through the first cells' centres: those cells count half, the edge a quarter."""
    sums = []
    for whole in (True, False):
        c = 16.5 if whole else 0.5
        body = Obstacle("body", cylinder(5.2, (c, c)), motion=RigidVelocity((0.0, 0.0), (0.0,), (c, c)))
        planes = () if whole else (FreeSlip(X_MIN), FreeSlip(Y_MIN))
        domain = box((33, 33) if whole else (17, 17), device=device)
        simulation = Simulation(domain, viscosity=NU, obstacles=[body], boundaries=planes, precision=wp.float64)
        body = simulation.solids.named("body")
        sums.append(CouplingSums(body, simulation.passes, simulation.state).take().inertia)
    assert 4.0 * sums[1][0, 0] == pytest.approx(sums[0][0, 0], rel=1e-9)
    assert 4.0 * sums[1][5, 5] == pytest.approx(sums[0][5, 5], rel=1e-9)


def test_a_box_that_tumbles_in_3d_conserves_momentum(device):
    """Free in all six ways, of twice the fluid's density, in a periodic flow with shear: momentum, mass, and it turns."""
    mesh = TriangleMesh.box((7.0, 9.0, 9.0), (17.0, 15.0, 14.0))
    simulation = Simulation(
        box((24, 24, 24), periodic=(True,) * 3, device=device), viscosity=NU, precision=wp.float64,
        obstacles=[Obstacle("body", mesh, motion=RigidVelocity.at_rest(3))],
    )
    place = simulation.domain.cell_indices() + 0.5
    wave = 0.04 * np.sin(2.0 * np.pi * (place[..., [2, 0, 1]] - 12.0) / 24.0)
    simulation.set_state(1.0, wave + np.array([0.01, 0.0, 0.005]))
    start = momentum(simulation)
    body = RigidBody(matter=Uniform(2.0), gravity=(0.0, 0.0, 0.0))
    track = MovingObstacles(simulation, {"body": body}).run(60, every=3)["body"]
    assert momentum(simulation) + 300.0 * track.velocity[-1] == pytest.approx(start, abs=1e-9)
    assert abs(simulation.excess_mass()) < 1e-9
    assert (np.abs(track.rotation[-1]) > 1e-3).all()
