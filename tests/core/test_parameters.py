"""The table of parameters: what names hold, what is refused and that nothing is then changed, schedules, Tunable numbers."""

from math import inf, nan

import numpy as np
import pytest
import warp as wp

from sparselbm.errors import SimulationError
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.models import Harmonic, RigidVelocity, RuntimeParameter, ScaledViscosity, SmoothStart
from sparselbm.models.boundary import (
    X_MAX,
    X_MIN,
    Y_MIN,
    CharacteristicOutlet,
    ConvectiveOutlet,
    GradPressure,
    LinkPressure,
    PressureOutlet,
    RegularisedPressure,
    Tabulated,
    VelocityInlet,
    Womersley,
    ZouHePressure,
)
from sparselbm.models.collision import TRT
from sparselbm.models.force import Boussinesq, Brinkman, ForceField, UniformForce
from sparselbm.models.scalar import FixedFlux, FixedValue, Scalar, ScalarTRT
from sparselbm.models.turbulence import WallFunction
from sparselbm.solver import Obstacle, Simulation


def everything(device, **options):
    """A simulation with parameters of every kind."""
    body = Obstacle("body", TriangleMesh.cylinder(2.0, (8, 8, -9), (8, 8, 10), 16), motion=RigidVelocity.at_rest(2))
    heat = Scalar(
        "heat", 0.1, ScalarTRT(magic=RuntimeParameter(1 / 8)), conditions=(FixedValue(X_MIN, 1.0), FixedFlux(X_MAX, 0.0)),
        source=0.0
    )
    given = {
        "viscosity": 0.1, "collision": TRT(magic=RuntimeParameter(3 / 16)), "obstacles": [body], "scalars": (heat,),
        "boundaries": [VelocityInlet(X_MIN, (0.01, 0.0)), PressureOutlet(X_MAX, density=1.01), WallFunction(Y_MIN, 0.1)],
        "force": (UniformForce((0.0, 0.0)), Boussinesq("heat", 0.01, (0.0, -1e-3))), "precision": wp.float64, **options,
    }
    return Simulation(box((16, 16), device=device), **given)


POSITIVE = (
    "viscosity", "x_max.density", "y_min.viscosity", "heat.diffusivity", "collision.magic", "heat.collision.magic",
)


@pytest.mark.parametrize("value", [nan, inf, -inf, -1.0, 0.0])
def test_no_parameter_takes_a_value_out_of_its_range(device, value):
    """And none of several is changed where one is refused."""
    simulation = everything(device)
    names = simulation.physics.parameters
    assert set(POSITIVE) < set(names)
    assert {"force_x", "heat.expansion", "body.rotation_z", "heat.source", "heat.x_max.flux"} < set(names)
    before = {name: simulation.parameter(name) for name in names}
    array = simulation.parameters.array.numpy().copy()
    for name in names:
        if np.isfinite(value) and name not in POSITIVE:
            continue
        with pytest.raises(SimulationError, match=rf"{value}.*(must be|above 0).*nothing was changed"):
            simulation.set_parameters({"force_y": 0.5, name: value})
    assert {name: simulation.parameter(name) for name in names} == before
    assert np.array_equal(simulation.parameters.array.numpy(), array)


def test_the_message_names_value_limit_and_meaning(device):
    text = r"viscosity -1.0 cells\^2/step \(relaxation time .*\): must be above 0 and finite; nothing was changed; give a value"
    with pytest.raises(SimulationError, match=text):
        everything(device).set_parameter("viscosity", -1.0)


@pytest.mark.parametrize(
    "outlet",
    [
        PressureOutlet, LinkPressure, ZouHePressure, GradPressure, RegularisedPressure, CharacteristicOutlet,
        lambda face, density: ConvectiveOutlet(face, 0.1, density=density),
    ],
)
def test_density_is_the_density(device, outlet):
    """Read and set, in single precision to more digits than 1 + x has there; the flow is that of an outlet made with it."""
    inlet = VelocityInlet(X_MIN, (0.02, 0.0))
    domain, density = box((16, 8), device=device), 1.0 + 1e-5
    made, changed = (
        Simulation(domain, viscosity=0.1, boundaries=[inlet, outlet(X_MAX, density=rho)]) for rho in (density, 1.2)
    )
    assert made.parameter("x_max.density") == density
    changed.set_parameter("x_max.density", density)
    assert changed.parameter("x_max.density") == density
    for simulation in (made, changed):
        simulation.run(4)
    assert np.array_equal(made.velocity(), changed.velocity())
    assert made.parameters.array.numpy()[-1] == np.float32(density - 1.0)


@pytest.mark.parametrize("factor", [nan, inf, -2e3])
def test_a_schedule_that_leaves_the_range_is_refused(device, factor):
    """At the step where it does: factors of a density multiply rho - 1."""
    simulation = everything(device, schedules={"x_max.density": lambda step: factor if step == 3 else 0.0})
    simulation.run(2)
    simulation.run(1)
    with pytest.raises(SimulationError, match=r"x_max.density.*(must be finite at every step|must be above 0).*"):
        simulation.run(1)


def test_a_schedule_of_a_tunable_number_is_checked_by_its_model(device):
    simulation = everything(device, schedules={"collision.magic": lambda step: 1.0 - step})
    with pytest.raises(SimulationError, match=r"magic.*its schedule leads there at step 1"):
        simulation.run(2)


def test_a_schedule_of_0_leaves_a_density_at_rest(device):
    domain = box((16, 8), device=device)
    options = {"viscosity": 0.1, "boundaries": [PressureOutlet(X_MAX, density=1.05)], "precision": wp.float64}
    still = Simulation(domain, schedules={"x_max.density": SmoothStart(10**9)}, **options)
    still.run(10)
    assert np.abs(still.density() - 1.0).max() < 1e-12


def test_two_models_of_one_name_are_refused(device):
    """The second read the number of the first, silently."""
    forces = [ForceField(lambda x: 0.0 * x), ForceField(lambda x: 0.0 * x, strength=2.0)]
    with pytest.raises(SimulationError, match="2 parameters 'force_strength': names must differ"):
        Simulation(box((8, 8), device=device), viscosity=0.1, force=forces)


@pytest.mark.parametrize("wrong", [nan, inf])
def test_arrays_that_are_not_finite_are_refused(device, wrong):
    """Where the fluid is; nothing is changed, and the cell is named."""
    force = ForceField(lambda x: np.ones_like(x))
    simulation = Simulation(box((16, 8), device=device), viscosity=0.1, force=force, scalars=(Scalar("dye", 0.1),))
    values = np.ones(simulation.domain.fluid.shape)
    values[1, 9] = wrong
    state = simulation.state.populations.numpy().copy()
    where = r"at cell \(9, 1\), one of 1 cells that are not finite; nothing was changed"
    for name, put in (
        ("density", simulation.set_state), ("dye", lambda v: simulation.set_scalar("dye", v)),
        ("velocity", lambda v: simulation.set_state(1.0, np.stack([v, v], axis=-1))),
        ("force_field_x", lambda v: simulation.set_field("force_field_x", v)),
    ):
        with pytest.raises(SimulationError, match=name + ".*" + where):
            put(values)
    with pytest.raises(SimulationError, match=r"velocity.*not finite"):
        simulation.set_state(velocity=(wrong, 0.0))
    assert np.array_equal(simulation.state.populations.numpy(), state)
    assert np.all(simulation.fields.spread(simulation.fields.array, "force_field_x") == 1.0)


@pytest.mark.parametrize(
    ("name", "wrong", "limit"),
    [("viscosity", -1.0, "above -1"), ("viscosity", -1.5, "above -1"), ("resistance", -1e-3, "at least 0")],
)
def test_fields_stay_in_the_range_of_their_model(device, name, wrong, limit):
    """Regression: a negative viscosity or resistance was taken, and the flow blew up or gained energy."""
    factors = ScaledViscosity(lambda x: 1.5 + 0.0 * x[..., 0])
    simulation = Simulation(box((16, 8), device=device), viscosity=0.1, force=Brinkman(0.1), viscosity_field=factors)
    values = np.full(simulation.domain.fluid.shape, 0.2)
    simulation.set_field(name, values)
    values[1, 9] = wrong
    with pytest.raises(SimulationError, match=rf"{name}: {wrong:g} at cell \(9, 1\), one of 1 cells .* finite and {limit}"):
        simulation.set_field(name, values)
    assert simulation.fields.spread(simulation.fields.array, name) == pytest.approx(0.2)


@pytest.mark.parametrize("forces", [(), (Boussinesq("dye", 0.0, (0.0, -1e-3)),)], ids=["passive", "buoyancy 0"])
def test_a_scalar_that_is_not_finite_is_named_first(device, forces):
    domain = box((16, 8), periodic=(True, True), device=device)
    simulation = Simulation(domain, viscosity=0.1, scalars=(Scalar("dye", 0.1),), force=forces)
    state = simulation.state.populations.numpy().copy()
    state[0, 9, 3] = nan  # A population of the scalar, at cell (0, 3).
    simulation.state.populations.assign(state)
    text = r"at cell \(\d+, \d+\): dye nan, not finite, with density .*check the initial values of dye"
    with pytest.raises(SimulationError, match=text) as error:
        simulation.run(100)
    assert ("for any expansion coefficient of Boussinesq" in str(error.value)) == bool(forces)


def test_a_profile_that_is_0_at_first_is_not_lost(device):
    """An unsteady profile that starts from 0: its tiles had no place for what came later."""
    rising = Tabulated(lambda centres, step: np.full(len(centres), float(step)), steady=False)
    inlet = VelocityInlet(X_MIN, (1e-3, 0.0), profile=rising)
    simulation = Simulation(box((8, 8), device=device), viscosity=0.1, boundaries=[inlet, PressureOutlet(X_MAX)])
    simulation.run(5)
    assert simulation.velocity()[..., 0].max() > 1e-4


def test_an_inlet_that_resonates_is_warned_of(device):
    """Below 4 L / c_s: 111 steps for 16 cells."""
    domain = box((16, 8), device=device)
    pipe = {"centre": (0.0, 4.0), "axis": (1.0, 0.0), "radius": 4.0, "viscosity": 0.1}

    def make(period, pulsating):
        profile = Womersley(period=period, **pipe) if pulsating else None
        Simulation(
            domain, viscosity=0.1, boundaries=[VelocityInlet(X_MIN, (0.01, 0.0), profile=profile), PressureOutlet(X_MAX)],
            schedules={} if pulsating else {"x_min.velocity_x": Harmonic(period)},
        )

    for pulsating in (False, True):
        with pytest.warns(UserWarning, match=r"x_min varies with a period of 100 steps, below 4 L / c_s = 111 steps for .* 16"):
            make(100.0, pulsating)
        make(112.0, pulsating)
