"""A number that is not finite is named at once, wherever it enters: arrays, parameters, profiles, schedules, points."""

import numpy as np
import pytest
import warp as wp

from sparselbm.errors import SparselbmError
from sparselbm.geometry import SolidFraction, TriangleMesh
from sparselbm.grid.build import box
from sparselbm.models import (
    Harmonic,
    RigidVelocity,
    RuntimeParameter,
    ScaledViscosity,
    SmoothStart,
    Sponge,
    ViscosityField,
)
from sparselbm.models.boundary import (
    X_MAX,
    X_MIN,
    Y_MIN,
    NodalProfile,
    Parabola,
    PressureOutlet,
    Tabulated,
    VelocityInlet,
)
from sparselbm.models.collision import BGK, MRT, TRT, CentralMoment
from sparselbm.models.force import Boussinesq, Brinkman, ForceField, RotatingFrame
from sparselbm.models.rheology import PowerLaw
from sparselbm.models.scalar import BodyValue, FixedFlux, FixedValue, Scalar
from sparselbm.models.turbulence import WALE, Smagorinsky
from sparselbm.observe import Force, Torque, evaluate
from sparselbm.observe.monitor import DragLift, EverySteps, Probes, TorqueOn
from sparselbm.solver import Obstacle, Simulation

BAR = TriangleMesh.box((6.0, 6.0, -9.0), (11.0, 11.0, 9.0))


def simulate(*, boundaries=(), **settings) -> Simulation:
    domain = box((16, 16), periodic=(not boundaries, not boundaries), device=simulate.device)
    return Simulation(domain, **{"viscosity": 0.1, "precision": wp.float64, "boundaries": boundaries, **settings})


def inlet(**settings):
    return VelocityInlet(X_MIN, (0.1, 0.0), **settings)


def with_body(**settings) -> Simulation:
    return simulate(obstacles=[Obstacle("b", BAR, **settings)])


def one_cell(centres, bad, components=()):
    values = np.zeros((*centres.shape[:-1], *components))
    values.reshape(-1)[5] = bad
    return values


class Own(ViscosityField):
    def __init__(self, bad):
        self.bad = bad

    def relative_change(self, domain):
        return one_cell(domain.cell_indices(), self.bad)


def moved(bad):
    simulation, points = with_body(), BAR.points.copy()
    points[3, 1] = bad
    simulation.solids.geometry[0].move(points)


def stepped(simulation):
    simulation.run(6)


def scalar(**settings):
    return Scalar("heat", 0.1, **settings)


ENTRIES = {
    "viscosity": lambda x: simulate(viscosity=x),
    "force": lambda x: simulate(force=(x, 0.0)),
    "force field": lambda x: simulate(force=ForceField(lambda c: one_cell(c, x, (2,)))),
    "strength": lambda x: simulate(force=ForceField(np.zeros_like, strength=x)),
    "resistance": lambda x: simulate(force=Brinkman(x)),
    "resistance field": lambda x: simulate(force=Brinkman(lambda c: one_cell(c, x))),
    "expansion": lambda x: simulate(force=Boussinesq("heat", x, (0.0, 0.0)), scalars=[scalar()]),
    "frame": lambda x: simulate(force=RotatingFrame((x,), (8.0, 8.0))),
    "viscosity factors": lambda x: simulate(viscosity_field=ScaledViscosity(lambda c: 1.0 + one_cell(c, x))),
    "own viscosity field": lambda x: simulate(viscosity_field=Own(x)),
    "sponge": lambda x: simulate(viscosity_field=Sponge(X_MAX, 4.0, x)),
    "inlet": lambda x: simulate(boundaries=[VelocityInlet(X_MIN, (x, 0.0)), PressureOutlet(X_MAX)]),
    "outlet": lambda x: simulate(boundaries=[inlet(), PressureOutlet(X_MAX, x)]),
    "relaxation": lambda x: simulate(boundaries=[inlet(), PressureOutlet(X_MAX, relaxation=x)]),
    "profile": lambda x: simulate(boundaries=[inlet(profile=Tabulated(lambda c: x + c[:, 0]))]),
    "profile in time": lambda x: stepped(
        simulate(boundaries=[inlet(profile=Tabulated(lambda c, t: (x if t == 3 else 1.0) + c[:, 0], steady=False))])
    ),
    "parabola": lambda x: simulate(boundaries=[inlet(profile=Parabola(0, (x, x), (1.0, 9.0)))]),
    "nodes": lambda x: NodalProfile(1, (0.0, 1.0), (1.0, x)),
    "schedule": lambda x: stepped(simulate(force=(1e-5, 0.0), schedules={"force_x": lambda t: x if t == 3 else 1.0})),
    "amplitude": lambda x: Harmonic(10.0, x),
    "mean": lambda x: Harmonic(10.0, 1.0, x),
    "phase": lambda x: Harmonic(10.0, 1.0, 0.0, x),
    "period": lambda x: Harmonic(x),
    "start": lambda x: SmoothStart(x),
    "mesh": lambda x: BAR.with_points(np.where(np.arange(8)[:, None] == 3, x, BAR.points)),
    "moved points": moved,
    "motion": lambda x: with_body(motion=RigidVelocity((x, 0.0), (0.0,), (0.0, 0.0))),
    "width": lambda x: SolidFraction(x),
    "diffusivity": lambda x: simulate(scalars=[Scalar("heat", x)]),
    "source": lambda x: simulate(scalars=[scalar(source=x)]),
    "value": lambda x: simulate(boundaries=[inlet()], scalars=[scalar(conditions=(FixedValue(Y_MIN, x),))]),
    "flux": lambda x: simulate(boundaries=[inlet()], scalars=[scalar(conditions=(FixedFlux(Y_MIN, x),))]),
    "body's value": lambda x: simulate(obstacles=[Obstacle("b", BAR)], scalars=[scalar(bodies=(BodyValue("b", x),))]),
    "density": lambda x: simulate().set_state(x),
    "density in a cell": lambda x: simulate().set_state(1.0 + one_cell(np.empty((4, 64, 2)), x)),
    "velocity": lambda x: simulate().set_state(1.0, (0.0, x)),
    "scalar": lambda x: simulate(scalars=[scalar()]).set_scalar("heat", one_cell(np.empty((4, 64, 2)), x)),
    "field": lambda x: simulate(force=Brinkman(lambda c: np.ones(c.shape[:-1]))).set_field(
        "resistance", one_cell(np.empty((4, 64, 2)), x)
    ),
    "solid fractions": lambda x: with_body().set_solid_fractions(one_cell(np.empty((4, 64, 2)), x)),
    "parameter": lambda x: simulate().set_parameter("viscosity", x),
    "parameters": lambda x: simulate(force=(0.0, 0.0)).set_parameters({"force_x": 1.0, "force_y": x}),
    "magic": lambda x: simulate(collision=TRT(x)),
    "runtime parameter": lambda x: simulate(collision=TRT(RuntimeParameter(x))),
    "bulk viscosity": lambda x: simulate(collision=MRT(x)),
    "bulk viscosity of central moments": lambda x: simulate(collision=CentralMoment(x)),
    "subgrid scale": lambda x: simulate(collision=Smagorinsky(TRT(), x)),
    "subgrid scale of WALE": lambda x: simulate(collision=WALE(TRT(), x)),
    "exponent": lambda x: simulate(collision=PowerLaw(BGK(), exponent=x)),
    "direction": lambda x: evaluate(Force("b", (x, 0.0)), with_body()),
    "centre": lambda x: evaluate(Torque("b", (x, 0.0)), with_body()),
    "centre of a monitor": lambda x: TorqueOn("b", (x, 0.0), EverySteps(1)).bind(with_body()),
    "speed": lambda x: DragLift("b", EverySteps(1), x, 1.0),
    "direction of drag": lambda x: DragLift("b", EverySteps(1), 0.1, 1.0, drag=(x, 0.0)).bind(with_body()),
    "probe": lambda x: Probes(((x, 1.0),), EverySteps(1)).bind(simulate()),
    "voxel size": lambda x: box((16, 16), voxel_size=x),
    "origin": lambda x: box((16, 16), origin=(x, 0.0, 0.0)),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("bad", [np.nan, np.inf], ids=str)
@pytest.mark.parametrize("entry", ENTRIES)
def test_a_number_that_is_not_finite(device, entry, bad):
    simulate.device = device
    with pytest.raises((SparselbmError, ValueError)) as caught:
        ENTRIES[entry](float(bad))
    assert len(str(caught.value)) > 20
