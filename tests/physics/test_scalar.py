"""Scalars carried by the flow: exact solutions of advection and diffusion, and what is conserved."""

import numpy as np
import pytest
import warp as wp
from flows import cylinder

from sparselbm.errors import SimulationError
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.grid.memory import tile_view
from sparselbm.lattice import D3Q7
from sparselbm.models.boundary import X_MAX, X_MIN, Patch, PressureOutlet, VelocityInlet
from sparselbm.models.scalar import (
    BodyValue,
    FixedFlux,
    FixedInflow,
    FixedValue,
    LinkOutflow,
    Outflow,
    Scalar,
    ScalarBGK,
    ScalarTRT,
)
from sparselbm.models.scalar.equilibrium import scalar_equilibrium
from sparselbm.observe import ScalarFlux, ScalarIntegral, ScalarRelease, evaluate
from sparselbm.solver import Obstacle, Simulation

DIMENSIONS = pytest.mark.parametrize("dimension", [2, pytest.param(3, marks=pytest.mark.validate)])
COLLISIONS = pytest.mark.parametrize(
    ("dimension", "collision"),
    [(2, ScalarBGK()), (2, ScalarTRT()), pytest.param(3, ScalarTRT(), marks=pytest.mark.validate)],
    ids=["2-BGK", "2-TRT", "3-TRT"],
)


def strip(device, dimension, length=24, **options):
    """A bar of cells along x, periodic across, in fp64."""
    periodic = [False] + [True] * (dimension - 1)
    domain = box((length, *[8] * (dimension - 1)), periodic=periodic, device=device)
    return Simulation(domain, viscosity=0.1, precision=wp.float64, **options)


def along_x(simulation, name):
    """phi on the line of cells along x."""
    return simulation.domain.dense(simulation.scalar(name)).reshape(simulation.domain.shape[0], -1)[:, 0]


def hill_error(device, dimension, collision, n):
    """Largest error, relative to the peak, of a hill that goes once through a periodic box of n cells and spreads.

    Diffusive scaling: D n^2 / steps, u n and D are those of one continuous problem, sigma_0 = n / 8, 2 D t = sigma_0^2.
    """
    D, sigma = 0.06, n / 8.0
    steps = round(sigma**2 / (2.0 * D)) - 1
    time = steps + 1  # Populations are set as they leave a collision, and are seen as they arrive at the next.
    u = np.array([n, -n / 2.0, n / 4.0][:dimension]) / time * 0.5
    domain = box((n,) * dimension, periodic=[True] * dimension, device=device)
    simulation = Simulation(
        domain, viscosity=0.1, precision=wp.float64, scalars=(Scalar("dye", D, collision=collision),)
    )
    simulation.set_state(1.0, u)

    def hill(width, centre):
        images = domain.cell_indices()[..., None] - np.asarray(centre).reshape(-1, 1) - n * np.arange(-2, 3)
        return np.prod((sigma / width) * np.exp(-0.5 * (images / width) ** 2).sum(axis=-1), axis=-1)

    simulation.set_scalar("dye", hill(sigma, np.full(dimension, n / 2.0)))
    simulation.run(steps)
    width = np.sqrt(sigma**2 + 2.0 * D * time)
    expected = hill(width, n / 2.0 + u * time)
    return np.abs(simulation.scalar("dye") - expected).max() / expected.max()


@COLLISIONS
def test_a_gaussian_hill_is_carried_and_spreads_to_second_order(device, dimension, collision):
    """Row 21 of the references: exact solution on three grids."""
    grids = (24, 32, 48) if dimension == 3 else (32, 48, 64)
    errors = [hill_error(device, dimension, collision, n) for n in grids]
    orders = np.log(np.divide(errors[:-1], errors[1:])) / np.log(np.divide(grids[1:], grids[:-1]))
    print(f"D{dimension} {collision}: errors {errors}, orders {orders}")
    assert orders == pytest.approx(2.0, abs=0.2)
    assert errors[-1] < 0.01


@COLLISIONS
def test_diffusion_between_fixed_values_is_linear(device, dimension, collision):
    """phi = a + (b - a) x / L to rounding, walls half a cell beyond the centres; the flux through any layer is -D (b - a) / L."""
    ends = (FixedValue(X_MIN, 1.0), FixedValue(X_MAX, 3.0))
    simulation = strip(device, dimension, scalars=(Scalar("heat", 0.3, collision=collision, conditions=ends),))
    simulation.run(12_000)
    x = np.arange(24) + 0.5
    assert along_x(simulation, "heat") == pytest.approx(1.0 + 2.0 * x / 24, abs=1e-10)
    fluxes = [evaluate(ScalarFlux("heat", 0, k), simulation) for k in (0, 11, 23)]
    assert fluxes == pytest.approx([-0.3 * 2.0 / 24 * 8 ** (dimension - 1)] * 3, rel=1e-9)


@DIMENSIONS
def test_a_fixed_flux_gives_the_gradient(device, dimension):
    """-D d phi / d x = J to rounding."""
    D, J = 0.3, 0.02
    ends = (FixedFlux(X_MIN, J), FixedValue(X_MAX, -1.0))
    simulation = strip(device, dimension, scalars=(Scalar("heat", D, conditions=ends),))
    simulation.run(50_000 if dimension == 2 else 30_000)
    x = np.arange(24) + 0.5
    assert along_x(simulation, "heat") == pytest.approx(-1.0 + J / D * (24 - x), abs=1e-9)


def test_a_source_gives_a_parabola(device):
    """phi = S x (L - x) / 2 D to rounding with Lambda = 3/16, which puts walls of fixed value halfway for parabolas."""
    D, S = 0.3, 1e-3
    ends = (FixedValue(X_MIN, 0.0), FixedValue(X_MAX, 0.0))
    for magic, off in ((3 / 16, 1e-10), (1 / 8, 1e-2)):
        scalar = Scalar("heat", D, collision=ScalarTRT(magic), conditions=ends, source=S)
        simulation = strip(device, 2, scalars=(scalar,))
        simulation.run(12_000)
        x = np.arange(24) + 0.5
        error = np.abs(along_x(simulation, "heat") / (S * x * (24 - x) / (2.0 * D)) - 1.0).max()
        assert error < off
    assert error > 1e-4, "another Lambda should be seen to move the walls: the test would pass for any"


def test_advection_against_diffusion_between_fixed_values(device):
    """phi = (exp(u x / D) - 1) / (exp(u L / D) - 1) in a steady flow, a Peclet number of 4, to second order."""
    errors = []
    for n in (16, 32):
        u, D = 0.32 / n, 0.08
        scalar = Scalar("dye", D, conditions=(FixedValue(X_MIN, 0.0), FixedValue(X_MAX, 1.0)))
        flow = (VelocityInlet(X_MIN, (u, 0.0)), PressureOutlet(X_MAX, relaxation=0.1))
        simulation = strip(device, 2, n, boundaries=flow, scalars=(scalar,))
        simulation.set_state(1.0, (u, 0.0))
        simulation.run(40 * n**2)
        x = np.arange(n) + 0.5
        expected = np.expm1(u * x / D) / np.expm1(u * n / D)
        errors.append(np.abs(along_x(simulation, "dye") - expected).max())
    print(f"errors {errors}, order {np.log2(errors[0] / errors[1]):.2f}")
    assert errors[1] < 0.01
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.25)


def test_an_outflow_lets_the_scalar_out(device):
    """A front runs out of a channel; afterwards the channel is filled with the inlet's value, and as much leaves as comes in."""
    u = 0.05
    scalar = Scalar("dye", 0.02, conditions=(FixedValue(X_MIN, 1.0), Outflow(X_MAX)))
    flow = (VelocityInlet(X_MIN, (u, 0.0)), PressureOutlet(X_MAX, relaxation=0.1))
    simulation = strip(device, 2, boundaries=flow, scalars=(scalar,))
    simulation.set_state(1.0, (u, 0.0))
    simulation.run(480)  # The front has come to the outlet.
    assert 0.3 < along_x(simulation, "dye")[-1] < 0.7
    simulation.run(4000)
    assert along_x(simulation, "dye") == pytest.approx(1.0, abs=1e-6)
    flux = [evaluate(ScalarFlux("dye", 0, k), simulation) for k in (1, 22)]
    assert flux == pytest.approx([8.0 * u] * 2, rel=1e-6)


@DIMENSIONS
def test_a_closed_box_keeps_its_scalar(device, dimension):
    """Sum of all populations to rounding, in a flow around an insulated obstacle."""
    shape = (24, 16, 16)[:dimension]
    mesh = cylinder(4.1, (11.2, 8.3)) if dimension == 2 else TriangleMesh.sphere(4.1, (11.2, 8.3, 7.9))
    simulation = Simulation(
        box(shape, device=device), viscosity=0.05, precision=wp.float64, force=(1e-4, 5e-5, 2e-5)[:dimension],
        obstacles=(Obstacle("body", mesh),), scalars=(Scalar("dye", 0.03), Scalar("other", 0.1, collision=ScalarBGK())),
    )
    phi = np.random.default_rng(5).random(simulation.domain.fluid.shape) * simulation.domain.fluid
    simulation.set_scalar("dye", phi)

    def amount(name):
        g = tile_view(simulation.domain, simulation.state.populations, simulation.physics.size)
        return g[:, simulation.physics.components(name)].sum()

    first = amount("dye")
    assert first == pytest.approx(phi.sum(), rel=1e-13)
    simulation.run(500)
    assert amount("dye") == pytest.approx(first, rel=1e-13)
    assert amount("other") == 0.0
    assert np.ptp(simulation.scalar("dye")[simulation.domain.fluid]) < 0.9 * np.ptp(phi)


def test_a_uniform_scalar_stays_uniform_in_a_flow_around_a_body(device):
    """Neither the flow nor an insulated body makes much of a difference: less than 1 % at u = 0.04 around radius 5."""
    simulation = Simulation(
        box((48, 32), periodic=(True, False), device=device), viscosity=0.1, precision=wp.float64, force=(1e-4, 0.0),
        obstacles=(Obstacle("body", cylinder(5.2, (20.3, 15.8))),), scalars=(Scalar("dye", 0.1),),
    )
    simulation.set_scalar("dye", 1.0)
    simulation.run(3000)
    seen = simulation.domain.fluid & (tile_view(simulation.domain, simulation.solids.fractions, 1)[:, 0] < 0.5)
    assert np.abs(simulation.velocity()).max() > 0.01
    assert simulation.scalar("dye")[seen] == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("place", [14.0, 14.3, 14.6, 14.9])
def test_a_body_of_given_value_stands_where_its_surface_is(device, place):
    """Conduction to a flat side: the profile reaches phi_b within 0.01 cells of it; the body takes what the wall gives."""
    mesh = TriangleMesh.box((place, -5.0, -5.0), (40.0, 20.0, 5.0))
    scalar = Scalar("heat", 0.1, conditions=(FixedValue(X_MIN, 1.0),), bodies=(BodyValue("body", 0.25),))
    simulation = strip(device, 2, obstacles=(Obstacle("body", mesh),), scalars=(scalar,))
    simulation.run(10_000)
    x, phi = np.arange(10) + 0.5, along_x(simulation, "heat")[:10]
    slope, start = np.polyfit(x, phi, 1)
    assert (0.25 - start) / slope == pytest.approx(place, abs=0.01)
    taken = -evaluate(ScalarRelease("heat", "body"), simulation)
    assert taken == pytest.approx(evaluate(ScalarFlux("heat", 0, 3), simulation), rel=1e-8)


@pytest.mark.parametrize("diffusivity", [0.02, 0.5])
def test_beside_an_insulated_side_flows_what_fits(device, diffusivity):
    """Conduction along a flat side, anywhere between the cells: D (width of the gap) a unit of slope."""
    for place in (10.0, 10.3, 10.7):
        mesh = TriangleMesh.box((-50.0, place, -5.0), (90.0, 60.0, 5.0))
        heat = Scalar("heat", diffusivity, conditions=(FixedValue(X_MIN, 1.0), FixedValue(X_MAX, 0.0)))
        simulation = Simulation(
            box((16, 16), device=device), viscosity=0.1, precision=wp.float64, obstacles=(Obstacle("body", mesh),),
            scalars=(heat,),
        )
        simulation.set_scalar("heat", 1.0 - simulation.domain.cell_centres()[..., 0] / 16.0)
        simulation.run(round(300 / diffusivity))
        through = evaluate(ScalarFlux("heat", 0, 8), simulation) * 16.0 / diffusivity
        assert through == pytest.approx(place, abs=1e-4)


def test_heat_between_a_warm_cylinder_and_cold_walls(device):
    """The release of a warm body in a closed box is what its walls take, and what a source elsewhere adds to it."""
    walls = (FixedValue(X_MIN, 0.0), FixedValue(X_MAX, 0.0))
    scalar = Scalar("heat", 0.1, conditions=walls, bodies=(BodyValue("body", 1.0),))
    simulation = strip(device, 2, 32, obstacles=(Obstacle("body", cylinder(3.0, (13.0, 4.0))),), scalars=(scalar,))
    simulation.run(15_000)
    left, right = (evaluate(ScalarFlux("heat", 0, k), simulation) for k in (0, 31))
    release = evaluate(ScalarRelease("heat", "body"), simulation)
    assert release == pytest.approx(right - left, rel=1e-8)
    assert -left > right > 0.0
    assert 0.0 < evaluate(ScalarIntegral("heat"), simulation) < 32 * 8


def test_a_patch_acts_as_the_side_that_it_covers(device):
    """Fixed value, flux and inflow on the caps of a channel: the same as on its sides, to rounding; flow and scalar share them.

    An inflow brings its value times the flow rate, to rounding, whatever the velocity in the cells is.
    """
    ends = [Patch(f"cap_{x}", TriangleMesh.box((x - 0.2, -5.0, -5.0), (x + 0.2, 20.0, 5.0))) for x in (0.0, 24.0)]
    results = []
    for low, high in ((X_MIN, X_MAX), ends):
        scalar = Scalar("dye", 0.1, conditions=(FixedValue(low, 1.0), FixedFlux(high, 0.01)))
        carried = Scalar("carried", 0.1, conditions=(FixedInflow(low, 3.0),))
        simulation = Simulation(
            box((24, 13), device=device), viscosity=0.1, precision=wp.float64, scalars=(scalar, carried),
            boundaries=(VelocityInlet(low, (0.01, 0.002)),),
        )
        simulation.run(300)
        results.append(simulation.scalar("dye"))
        amount = evaluate(ScalarIntegral("carried"), simulation)  # Also of what arrives in the next step.
        assert amount == pytest.approx(301 * 3.0 * 0.01 * 13, rel=1e-12)
    assert np.allclose(*results, rtol=0.0, atol=1e-13)
    assert results[0].max() > 0.5


def test_a_scalar_that_blows_up_is_named(device):
    """A source fills a closed box without bounds while the flow is at rest; slow diffusion is named too."""
    simulation = strip(device, 2, scalars=(Scalar("dye", 0.001, source=1e14),))
    text = r"cell \(\d+, \d+\): dye .*beyond the limit of 1e\+15 .*; the relaxation time 0.503 of dye"
    with pytest.raises(SimulationError, match=text):
        simulation.run(5000)


def test_what_is_carried_over_to_other_tiles(device):
    """`transferred_to` keeps scalars and their numbers."""
    simulation = strip(device, 2, scalars=(Scalar("dye", 0.1, conditions=(FixedValue(X_MIN, 1.0),)),))
    simulation.set_scalar("dye", np.random.default_rng(1).random(simulation.domain.fluid.shape))
    simulation.set_parameter("dye.x_min.value", 0.4)
    simulation.run(10)
    moved = simulation.transferred_to(box((24, 8), periodic=(False, True), device=device))
    simulation.run(10)
    moved.run(10)
    assert np.array_equal(moved.scalar("dye"), simulation.scalar("dye"))


def test_scalars_that_do_not_fit_are_refused(device):
    with pytest.raises(SimulationError, match="no obstacle 'body'"):
        strip(device, 2, scalars=(Scalar("heat", 0.1, bodies=(BodyValue("body", 1.0),)),))
    with pytest.raises(SimulationError, match="2 scalars 'heat'"):
        strip(device, 2, scalars=(Scalar("heat", 0.1), Scalar("heat", 0.2)))
    with pytest.raises(ValueError, match="2 conditions on x_min"):
        Scalar("heat", 0.1, conditions=(FixedValue(X_MIN, 1.0), FixedFlux(X_MIN, 1.0)))
    with pytest.raises(SimulationError, match=r"FixedInflow .*'heat' on x_min: .* give the flow a VelocityInlet"):
        strip(device, 2, scalars=(Scalar("heat", 0.1, conditions=(FixedInflow(X_MIN, 1.0),)),))
    with pytest.raises(ValueError, match="above 0"):
        Scalar("heat", 0.0)
    with pytest.raises(ValueError, match="no scalar 'dye': use one of heat"):
        strip(device, 2, scalars=(Scalar("heat", 0.1),)).scalar("dye")


@pytest.mark.parametrize("links", [(1,), (1, 3), (1, 3, 5)])
def test_a_uniform_scalar_leaves_through_links_as_it_is(links):
    """The populations that enter are those of the cell's own value, on a flat side, an edge and a corner of an outlet."""
    u = [0.05, -0.03, 0.02]
    g = scalar_equilibrium(D3Q7, 2.5, u)
    enters = [q in links for q in range(D3Q7.size)]
    unknown = [np.nan if enter else gq for gq, enter in zip(g, enters, strict=True)]
    assert LinkOutflow(Patch("outlet", mesh=None)).fill(D3Q7, unknown, u, {}, enters) == pytest.approx(g, rel=1e-14)
