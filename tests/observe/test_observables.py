"""Every observable: by NumPy from the fields, as recorded value, in SI; what is refused."""

from functools import cache

import numpy as np
import pytest
import warp as wp
from adjoint_cases import warm

from sparselbm.adjoint import Parameter, Run, Stored, Total, value_and_grad
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.grid.memory import tile_view
from sparselbm.lattice import D2Q9, D3Q19
from sparselbm.models.boundary import X_MAX, X_MIN, PressureOutlet, VelocityInlet
from sparselbm.models.scalar import BodyValue, FixedValue, Outflow, Scalar
from sparselbm.observe import (
    CellBox,
    CellIntegral,
    Coefficient,
    Difference,
    Dissipation,
    FlowRate,
    Force,
    Integral,
    KineticEnergy,
    Layer,
    LayerArea,
    LayerPressure,
    LayerVelocity,
    MeanPressure,
    MeanVelocity,
    PressureDrop,
    Quotient,
    ScalarFlux,
    ScalarIntegral,
    ScalarRelease,
    Torque,
    Unit,
    evaluate,
)
from sparselbm.observe.monitor import EverySteps, Recorder, SeriesFolder, Values
from sparselbm.observe.unit import (
    AREA,
    DIMENSIONLESS,
    ENERGY,
    FLOW_RATE,
    FORCE,
    POWER,
    PRESSURE,
    SCALAR,
    VELOCITY,
    VOLUME,
)
from sparselbm.solver import Obstacle, Simulation
from sparselbm.units import Units

LATTICES = pytest.mark.parametrize("lattice", [D2Q9, D3Q19], ids=repr)
UNITS = Units(voxel_size=0.02, velocity=3.0, viscosity=1e-3, density=800.0, lattice_velocity=0.06)


class Fields:
    """Fields of a flow, and sums over them by NumPy."""

    def __init__(self, simulation: Simulation):
        self.simulation, domain = simulation, simulation.domain
        self.open = domain.fluid * (1.0 - tile_view(domain, simulation.solids.fractions, 1)[:, 0])
        self.u, self.rho = np.moveaxis(simulation.velocity(), -1, 0), simulation.density()
        self.index = np.moveaxis(domain.cell_indices(), -1, 0)
        self.force = np.moveaxis(simulation.force_field(), -1, 0)

    def layer(self, k: int) -> np.ndarray:
        """1 - eps in a layer across x."""
        return self.open * (self.index[0] == k)

    def mean_pressure(self, k: int) -> float:
        return (self.layer(k) * (self.rho - 1.0) / 3.0).sum() / self.layer(k).sum()


def box_of(d: int) -> CellBox:
    return CellBox((3.0, 2.0, 1.0)[:d], (13.0, 9.0, 8.0)[:d])


def moment(cell):
    return cell.centre(0) * cell.density * cell.velocity[1]


def in_box(f: Fields) -> float:
    d = len(f.u)
    region = box_of(d)
    centre = f.index + 0.5
    inside = np.all([(lo < x) & (x < up) for x, lo, up in zip(centre, region.lower, region.upper, strict=True)], axis=0)
    return ((centre[0] * f.rho * f.u[1]) * f.simulation.domain.fluid * inside).sum()


BY_FIELDS = {
    "force": (lambda d: Force("body", (1.0, 0.5, 0.2)[:d]), lambda f: f.force.sum(axis=(1, 2)) @ (1.0, 0.5, 0.2)[: len(f.u)]),
    "torque": (
        lambda d: Torque("body", (8.0, 5.5, 6.0)[:d]),
        lambda f: ((f.index[0] - 7.5) * f.force[1] - (f.index[1] - 5.0) * f.force[0]).sum(),
    ),
    "flow rate": (lambda d: FlowRate(0, 9), lambda f: (f.layer(9) * f.u[0]).sum()),
    "area": (lambda d: LayerArea(0, 9), lambda f: f.layer(9).sum()),
    "layer velocity": (lambda d: LayerVelocity(0, 9, 1), lambda f: (f.layer(9) * f.u[1]).sum()),
    "layer pressure": (lambda d: LayerPressure(0, 9), lambda f: (f.layer(9) * (f.rho - 1.0) / 3.0).sum()),
    "mean pressure": (lambda d: MeanPressure(0, 9), lambda f: f.mean_pressure(9)),
    "mean velocity": (lambda d: MeanVelocity(0, 9, 1), lambda f: (f.layer(9) * f.u[1]).sum() / f.layer(9).sum()),
    "pressure drop": (lambda d: PressureDrop(0, 3, 9), lambda f: f.mean_pressure(3) - f.mean_pressure(9)),
    "kinetic energy": (lambda d: KineticEnergy(), lambda f: 0.5 * (f.open * f.rho * (f.u**2).sum(axis=0)).sum()),
    "scalar": (lambda d: ScalarIntegral("heat"), lambda f: (f.open * f.simulation.scalar("heat")).sum()),
    "coefficient": (lambda d: Coefficient(FlowRate(0, 9), 0.25), lambda f: (f.layer(9) * f.u[0]).sum() / 0.25),
    "difference": (
        lambda d: Difference(FlowRate(0, 9), FlowRate(0, 2)), lambda f: ((f.layer(9) - f.layer(2)) * f.u[0]).sum(),
    ),
    "own function": (
        lambda d: Integral(lambda rho, u: rho**2 * u[0], FLOW_RATE, Layer(1, 7)),
        lambda f: (f.rho**2 * f.u[0] * f.simulation.domain.fluid * (f.index[1] == 7)).sum(),
    ),
    "own function of the cell": (lambda d: CellIntegral(moment, VELOCITY * VOLUME, box_of(d)), in_box),
    "volume": (lambda d: CellIntegral(lambda cell: 1.0, VOLUME), lambda f: float(f.simulation.domain.fluid_cells)),
}
"""Each with what it is by NumPy, from the fields."""


@cache
def flow(device: str, lattice) -> Fields:
    """A warm body in a channel, not yet steady."""
    simulation = warm(lattice)(device)
    simulation.set_state(1.0, (0.05, 0.01, 0.005)[: lattice.dimension])
    simulation.run(15)
    return Fields(simulation)


@LATTICES
@pytest.mark.parametrize("name", BY_FIELDS)
def test_an_observable_is_the_sum_over_the_fields(device, lattice, name):
    """Evaluated and recorded, in lattice units and in SI."""
    functional, by_fields = BY_FIELDS[name][0](lattice.dimension), BY_FIELDS[name][1]
    fields = flow(device, lattice)
    expected = by_fields(fields)
    value = evaluate(functional, fields.simulation)
    assert abs(expected) > 1e-7
    assert value == pytest.approx(expected, rel=1e-9)
    factor = functional.unit.factor(UNITS, lattice.dimension)
    assert evaluate(functional, fields.simulation, units=UNITS) == factor * value
    for units, scale in ((None, 1.0), (UNITS, factor)):
        recorder = Recorder(fields.simulation, {"it": Values({name: functional}, EverySteps(1), units)})
        recorder.sample()
        series = recorder.records["it"].series
        symbol = functional.unit.symbol(lattice.dimension)
        assert series.columns == ((f"{name} [{symbol}]" if symbol and units else name),)
        assert series.values[-1, 0] == scale * value


ALL = {
    "drag [N]": Force("body", (1.0, 0.0, 0.0)), "torque [N m]": Torque("body", (12.0, 4.0, 8.0)),
    "flow rate [m^3/s]": FlowRate(0, 12), "area [m^2]": LayerArea(0, 12), "velocity [m/s]": MeanVelocity(0, 14, 0),
    "layer pressure [N]": LayerPressure(0, 4), "pressure [Pa]": MeanPressure(0, 4), "pressure drop [Pa]": PressureDrop(0, 2, 20),
    "energy [J]": KineticEnergy(), "heat [phi m^3]": ScalarIntegral("heat"),
    "release [phi m^3/s]": ScalarRelease("heat", "body"), "flux [phi m^3/s]": ScalarFlux("heat", 0, 4),
    "drag coefficient": Coefficient(Force("body", (1.0, 0.0, 0.0)), 1.0),
    "velocity squared [m^5/s^2]": Integral(lambda rho, u: u[0] ** 2, VELOCITY**2 * VOLUME),
}
"""By their columns in SI, at one cell per `RESOLUTION`."""


def scaled(functional, cells: int, d: int):
    """The same quantity on a grid with `cells` times as many cells along each axis."""
    own = {"direction": lambda x: x[:d], "centre": lambda x: tuple(cells * y for y in x[:d])}
    own |= {name: lambda x: cells * x for name in ("upstream", "downstream", "layer")}
    if isinstance(functional, Coefficient):
        # 1/2 u^2 A of the body at lattice velocities of 0.06 and 0.02.
        return Coefficient(scaled(functional.functional, cells, d), 0.5 * _speed(cells) ** 2 * (6.0 * cells) ** (d - 1))
    values = {name: own.get(name, lambda x: x)(value) for name, value in vars(functional).items()}
    return type(functional)(**values)


def _speed(cells: int) -> float:
    """Another lattice velocity on the finer grid, so that the time steps are not those of the voxel sizes."""
    return {1: 0.06, 2: 0.02}[cells]


SIZE = {2: (24, 32), 3: (24, 16, 16)}


@cache
def same_flow(device: str, d: int, cells: int) -> tuple[Simulation, Units]:
    """Flow of a viscous liquid at 3 m / s around a body of 0.12 m for 3 seconds of its own, on a coarse or a finer grid."""
    speed, voxel = _speed(cells), 0.02 / cells
    units = Units(voxel_size=voxel, velocity=3.0, viscosity=0.1, density=800.0, lattice_velocity=speed)
    at = (0.2, 0.01 * SIZE[d][1], 0.16)
    mesh = TriangleMesh.sphere(0.06, at, 2) if d == 3 else TriangleMesh.cylinder(0.06, (*at[:2], -9.0), (*at[:2], 9.0), 48)
    heat = Scalar(
        "heat", units.lattice_viscosity, conditions=(FixedValue(X_MIN, 2.0), Outflow(X_MAX)), bodies=(BodyValue("body", 5.0),)
    )
    stream = (speed, 0.0, 0.0)[:d]
    simulation = Simulation(
        box([cells * n for n in SIZE[d]], voxel_size=voxel, periodic=(False, True, True)[:d], device=device),
        viscosity=units.lattice_viscosity, boundaries=[VelocityInlet(X_MIN, stream), PressureOutlet(X_MAX, relaxation=0.05)],
        obstacles=[Obstacle("body", mesh)], scalars=[heat], precision=wp.float64,
    )
    simulation.set_state(1.0, stream)
    simulation.run(round(0.5 / units.time_step))
    return simulation, units


@pytest.mark.parametrize("d", [2, pytest.param(3, marks=pytest.mark.validate)])
@pytest.mark.parametrize("column", ALL)
def test_si_values_do_not_depend_on_the_grid(device, d, column):
    """One flow with other voxels, time steps and Mach numbers: a metre too many is a factor of 2, a second one of 6."""
    found = []
    for cells in (1, 2):
        simulation, units = same_flow(device, d, cells)
        found.append(evaluate(scaled(ALL[column], cells, d), simulation, units=units))
    assert found[0] == pytest.approx(found[1], rel=0.25), column


def test_dissipation_in_si(device):
    """A shear wave: D = 2 nu k^2 E, with D in W / m, nu and k in SI and E in J / m."""
    units = Units(voxel_size=0.01, velocity=2.0, viscosity=0.05, density=800.0)
    simulation = Simulation(
        box((32, 8), voxel_size=0.01, periodic=(True, True), device=device), viscosity=units.lattice_viscosity,
        precision=wp.float64,
    )
    k = 2.0 * np.pi / 32
    x = simulation.domain.cell_indices()[..., 0] + 0.5
    simulation.set_state(1.0, np.stack([0.0 * x, 0.01 * np.sin(k * x)], axis=-1))
    simulation.run(60)
    energy = evaluate(KineticEnergy(), simulation, units=units)
    expected = 2.0 * units.viscosity * (k / units.voxel_size) ** 2 * energy
    assert evaluate(Dissipation(), simulation, units=units) == pytest.approx(expected, rel=5e-3)


def test_columns_name_their_units(device, tmp_path):
    """In two and in three dimensions, and in the files."""
    simulation, units = same_flow(device, 2, 1)
    values = {column.split(" [")[0]: scaled(each, 1, 2) for column, each in ALL.items()}
    with Recorder(simulation, {"all": Values(values, EverySteps(1), units)}, files=SeriesFolder(tmp_path)) as recorder:
        recorder.sample()
    head = (tmp_path / "all.csv").read_text().splitlines()[0].split(",")
    assert head == [
        "step", "drag [N/m]", "torque [N m/m]", "flow rate [m^2/s]", "area [m]", "velocity [m/s]", "layer pressure [N/m]",
        "pressure [Pa]", "pressure drop [Pa]", "energy [J/m]", "heat [phi m^2]", "release [phi m^2/s]",
        "flux [phi m^2/s]", "drag coefficient", "velocity squared [m^4/s^2]",
    ]
    for column, each in ALL.items():
        assert f"{column.split(' [')[0]} [{each.unit.symbol(3)}]".removesuffix(" []") == column


def test_units_are_multiplied_and_divided():
    assert (FORCE / AREA).is_like(PRESSURE)
    assert (FORCE * VELOCITY).is_like(POWER)
    assert (ENERGY / VOLUME).symbol(2) == (ENERGY / VOLUME).symbol(3) == "Pa"
    assert (FORCE**2).symbol(3) == "kg^2 m^2/s^4"
    assert (SCALAR / VOLUME).symbol(3) == "phi/m^3"
    assert (VELOCITY**-1).symbol(3) == "s/m"
    assert (FORCE / FORCE).symbol(2) == DIMENSIONLESS.symbol(3) == ""
    assert Unit(kg=1, s=-2).symbol(2) == "kg/s^2"
    dx, dt, rho = UNITS.voxel_size, UNITS.time_step, UNITS.density
    assert FORCE.factor(UNITS, 3) == pytest.approx(UNITS.force_to_si(1.0, dimension=3), rel=1e-14)
    assert FORCE.factor(UNITS, 2) == pytest.approx(UNITS.force_to_si(1.0, dimension=2), rel=1e-14)
    assert PRESSURE.factor(UNITS, 2) == pytest.approx(UNITS.pressure_to_si(1.0), rel=1e-14)
    assert POWER.factor(UNITS, 3) == pytest.approx(rho * dx**5 / dt**3, rel=1e-14)


def test_a_solid_holds_no_flow(device):
    """A block that was set in motion with the fluid around it: what it has trapped is no flow rate."""
    block = TriangleMesh.cylinder(12.0, (24.0, 24.0, -9.0), (24.0, 24.0, 10.0), 64)
    simulation = Simulation(
        box((48, 48), periodic=(True, True), device=device), viscosity=0.05, obstacles=[Obstacle("block", block)],
        precision=wp.float64,
    )
    simulation.set_state(1.0, (0.02, 0.0))
    simulation.run(41)
    fields = Fields(simulation)
    trapped = ((1.0 - fields.open) * (fields.index[0] == 24) * fields.u[0]).sum()
    expected = (fields.layer(24) * fields.u[0]).sum()
    assert abs(trapped) > 1e-3 * abs(expected), "nothing is trapped: the test would pass without the share"
    assert evaluate(FlowRate(0, 24), simulation) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("functional", [PressureDrop(0, 2, 16), Quotient(FlowRate(0, 9), FlowRate(0, 16))], ids=["a", "b"])
def test_outputs_of_runs_have_the_gradient_of_objectives(device, functional):
    """With functions of several sums too: the same bits."""
    simulation = warm(D2Q9)(device)
    wrt, start = [Parameter("viscosity")], simulation.state.populations.numpy().copy()
    run = Run(simulation, 12, inputs=wrt, outputs=[Total(functional)], method=Stored())
    there = run.at(wp.array([0.05], dtype=wp.float64, device=device))
    (value,) = there.outputs()
    (gradient,) = there.pullback([wp.array([1.0], dtype=wp.float64, device=device)], wanted=[True])
    simulation.state.populations.assign(start)
    simulation.state.steps = 0
    expected, (slope,) = value_and_grad(functional, simulation, steps=12, wrt=wrt, method=Stored())
    assert value.numpy()[0] == expected != 0.0
    assert gradient.numpy()[0] == slope != 0.0


def test_what_is_refused(device):
    simulation = flow(device, D2Q9).simulation
    own = Integral(lambda rho, u: rho)
    with pytest.raises(ValueError, match="Integral has no unit and cannot be converted to SI: give it one"):
        evaluate(own, simulation, units=UNITS)
    with pytest.raises(ValueError, match="Integral has no unit"):
        Recorder(simulation, {"own": Values({"own": own}, EverySteps(1), UNITS)})
    assert Quotient(own, FlowRate(0, 9)).unit is None
    with pytest.raises(ValueError, match=r"Difference of N and m\^3/s: both must have the same unit"):
        Difference(Force("body", (1.0, 0.0)), FlowRate(0, 9))
    with pytest.raises(ValueError, match=r"the reference is 0.0, but must be finite and not 0"):
        Coefficient(Force("body", (1.0, 0.0)), 0.0)
    with pytest.raises(ValueError, match="PressureDrop between the layer 3 and itself"):
        PressureDrop(0, 3, 3)
    with pytest.raises(ValueError, match="layer 20 along x: the domain has the layers 0 to 19"):
        evaluate(MeanPressure(0, 20), simulation)
    with pytest.raises(ValueError, match="axis 2: the domain has the axes 0 to 1"):
        evaluate(ScalarFlux("heat", 2, 3), simulation)
    with pytest.raises(ValueError, match=r"pass corners with 2 values, one per axis"):
        evaluate(CellIntegral(moment, where=CellBox((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))), simulation)
    assert np.isnan(evaluate(Quotient(FlowRate(0, 9), CellIntegral(lambda cell: 0.0 * cell.density)), simulation))
