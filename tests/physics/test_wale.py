"""WALE: the published operator, its limits at walls, laminar flows that it leaves alone, flows that it holds."""

from dataclasses import dataclass

import numpy as np
import pytest
import warp as wp
from flows import places
from test_taylor_green import errors

from sparselbm.errors import SimulationError
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9, D3Q19
from sparselbm.models import RigidVelocity
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MAX, Y_MIN, MovingWall, PressureOutlet, VelocityInlet
from sparselbm.models.collision import BGK, TRT, ExactDifference, Regularised
from sparselbm.models.rheology import Carreau, PowerLaw
from sparselbm.models.turbulence import WALE, Smagorinsky
from sparselbm.models.turbulence.wale import eddy_rate
from sparselbm.models.wall import Bouzidi
from sparselbm.observe import Observable, evaluate
from sparselbm.solver import Obstacle, Simulation
from sparselbm.trace.expression import Graph, pullback


def published(gradient):
    """nu_t / C^2 of d_a u_b, (3, 3, n): eq. 10 to 13 of Nicoud & Ducros, letter by letter."""
    g = np.swapaxes(gradient, 0, 1)  # g_ij = d u_i / d x_j.
    strain = 0.5 * (g + np.swapaxes(g, 0, 1))
    g2 = np.einsum("ikn,kjn->ijn", g, g)
    sd = 0.5 * (g2 + np.swapaxes(g2, 0, 1)) - np.eye(3)[..., None] * np.einsum("kkn->n", g2) / 3.0
    SS, DD = (strain**2).sum(axis=(0, 1)), (sd**2).sum(axis=(0, 1))
    return DD**1.5 / (SS**2.5 + DD**1.25)


def gradient_of_waves(dimension=3, cells=12):
    """d_a u_b of a random sum of solenoidal waves, exactly, at the cells of a box: (d, d, n)."""
    rng = np.random.default_rng(4)
    x = np.stack(np.meshgrid(*[np.arange(cells)] * dimension, indexing="ij")).reshape(dimension, -1) * (2 * np.pi / cells)
    gradient = np.zeros((dimension, dimension, x.shape[1]))
    for k in rng.integers(-2, 3, (10, dimension)):
        amplitude = rng.normal(size=dimension)
        amplitude -= k * (k @ amplitude) / max(k @ k, 1)
        gradient += np.einsum("a,b,n->abn", k, amplitude, np.cos(k @ x + rng.uniform(0.0, 6.0)))
    return 1e-3 * gradient


def test_the_operator_is_the_published_one():
    gradient = gradient_of_waves()
    expected = published(gradient)
    assert eddy_rate(gradient) == pytest.approx(expected, rel=1e-12)
    assert expected.min() < 0.1 * expected.max()
    single = eddy_rate([[g.astype(np.float32) for g in row] for row in 1e-6 * gradient])
    assert single.dtype == np.float32
    assert single == pytest.approx(1e-6 * expected, rel=2e-5)


def test_a_flow_in_the_plane_is_one_in_space():
    gradient = gradient_of_waves(2)
    in_space = np.zeros((3, 3, gradient.shape[2]))
    in_space[:2, :2] = gradient
    assert eddy_rate(gradient) == pytest.approx(published(in_space), rel=1e-12)


def test_shear_has_no_eddies_and_rotation_has():
    """Plane shear: exactly 0. Solid rotation and plane strain w: S^d : S^d = 2 w^4 / 3, S : S = 0 and 2 w^2."""
    w, DD = 3e-3, 2.0 / 3.0
    for a in range(3):
        for b in range(3):
            shear = [[w * (a != b and (i, j) == (a, b)) for j in range(3)] for i in range(3)]
            assert eddy_rate(shear) == 0.0
    assert eddy_rate([[0.0, w], [-w, 0.0]]) == pytest.approx(w * DD**0.25, rel=1e-12)
    assert eddy_rate([[w, 0.0], [0.0, -w]]) == pytest.approx(w * DD**1.5 / (2.0**2.5 + DD**1.25), rel=1e-12)


def test_eddies_die_out_at_a_wall_as_the_cube_of_the_distance():
    """u = (a y, b y^2, c y) to leading order, a, b, c waves along x and z with d_x a + 2 b + d_z c = 0."""
    rng = np.random.default_rng(2)
    a, ax, az, c, cx, cz, bx, bz = rng.normal(size=(8, 50))
    b = -0.5 * (ax + cz)
    y = 1e-3 * np.array([1.0, 2.0, 4.0])[:, None, None, None]
    zero = 0.0 * a
    along_x = [ax * y, bx * y**2, cx * y]
    along_y = [a + zero * y, 2.0 * b * y, c + zero * y]
    along_z = [az * y, bz * y**2, cz * y]
    nu = eddy_rate([along_x, along_y, along_z]).reshape(3, -1)
    assert np.log2(nu[1:] / nu[:-1]) == pytest.approx(np.full((2, 50), 3.0), abs=0.05)


def values(graph, inputs):
    """Every node of a graph as a number."""
    known = {}
    do = {
        "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "neg": np.negative, "sqrt": np.sqrt,
        "<": np.less, "<=": np.less_equal, "==": np.equal, "!=": np.not_equal, "where": lambda m, x, y: x if m else y,
    }
    kind = next(type(v) for v in inputs.values())
    for node in graph.nodes:
        if node.operation == "input":
            known[node.index] = inputs[node.value]
        elif node.operation == "constant":
            known[node.index] = kind(node.value)
        else:
            known[node.index] = do[node.operation](*(known[x.index] for x in node.operands))
    return known


SHEAR, ROTATION = np.zeros((3, 3)), np.zeros((3, 3))
SHEAR[1, 0], ROTATION[1, 0], ROTATION[0, 1] = 0.01, 0.01, -0.01


@pytest.mark.parametrize("precision", [np.float32, np.float64])
@pytest.mark.parametrize(
    "gradient",
    [np.zeros((3, 3)), SHEAR, ROTATION, 1e-17 * ROTATION, gradient_of_waves()[..., 7]],
    ids=["rest", "shear", "rotation", "hardly any", "waves"],
)
def test_the_derivative_is_finite_and_right(gradient, precision):
    """0 / 0 at rest, roots of 0 in shear and rotation; d nu_t . dG against central differences where nu_t is smooth."""
    graph = Graph()
    g = [[graph.input(f"g{a}{b}") for b in range(3)] for a in range(3)]
    rate, flat = eddy_rate(g), [x for row in g for x in row]
    adjoints = pullback([rate], [1.0], flat)
    at = {f"g{a}{b}": precision(gradient[a, b]) for a in range(3) for b in range(3)}
    with np.errstate(all="raise", under="ignore"):
        known = values(graph, at)
    ours = np.array([known[x.index] for x in adjoints])
    assert np.isfinite(ours).all()
    if not np.abs(gradient).max() > 1e-10:
        assert known[rate.index] == 0.0
        assert not ours.any()
        return
    direction, h = np.random.default_rng(6).normal(size=(3, 3)), 1e-6
    step = [eddy_rate(gradient + k * h * direction) for k in (-2, -1, 1, 2)]
    expected = (8.0 * (step[2] - step[1]) - (step[3] - step[0])) / (12.0 * h)
    assert ours @ direction.ravel() == pytest.approx(expected, rel=1e-4 if precision is np.float32 else 1e-7, abs=1e-8)


@dataclass(frozen=True)
class GradientError(Observable):
    """sum |d_a u_b - G_ab|^2 over the fluid."""

    expected: tuple[tuple[float, ...], ...]

    def integrand(self, cell):
        pairs = zip(cell.velocity_gradient, self.expected, strict=True)
        return sum((x - g) ** 2 for row, wanted in pairs for x, g in zip(row, wanted, strict=True))


def linear_flow(sides, d):
    """G, the velocity at the origin, which axes repeat, and what stands around."""
    G, rng = np.zeros((d, d)), np.random.default_rng(5)
    if sides == "walls":  # Of the two walls along y only the lower has u = 0.
        G[1] = rng.normal(size=d)
        return 1e-3 * G, 0.0, (True, False, True), {"boundaries": [MovingWall(Y_MAX, (0.0,) * d)]}
    if sides == "conditions":
        G[:2] = rng.normal(size=(2, d))
        lids = [MovingWall(face, (0.01, 0.0, 0.01)[:d]) for face in (Y_MIN, Y_MAX)]
        conditions = [VelocityInlet(X_MIN, (0.01,) * d), PressureOutlet(X_MAX), *lids]
        return 1e-3 * G, 0.01, (False, False, True), {"boundaries": conditions}
    G[0] = rng.normal(size=d)
    plate = TriangleMesh.box((-4.0, -9.0, -9.0), (1.3, 20.0, 20.0))
    moving = Obstacle("plate", plate, Bouzidi(), motion=RigidVelocity.at_rest(d))
    return 1e-3 * G, 0.01, (False, True, True), {"boundaries": [MovingWall(X_MAX, (0.0,) * d)], "obstacles": [moving]}


@pytest.mark.parametrize("sides", ["walls", "conditions", "moving wall on links"])
@pytest.mark.parametrize("lattice", [D2Q9, D3Q19], ids=repr)
def test_linear_flows_have_their_gradient_in_every_cell(lattice, sides, device):
    """Beside a wall at rest where u = 0 there, beside conditions and walls that move for any linear flow."""
    d = lattice.dimension
    G, origin, periodic, around = linear_flow(sides, d)
    shape = [16 if repeats else 11 for repeats in periodic][:d]
    domain = box(shape, periodic=periodic[:d], device=device)
    simulation = Simulation(domain, lattice=lattice, viscosity=0.1, collision=WALE(BGK()), precision=wp.float64, **around)
    simulation.set_state(1.0, origin + (places(simulation) + 0.5) @ G)
    error = evaluate(GradientError(tuple(map(tuple, G))), simulation)
    assert error < 1e-20 * (G**2).sum() * domain.fluid_cells


@pytest.mark.parametrize("drive", ["force", "lid"])
@pytest.mark.parametrize("lattice", [D2Q9, pytest.param(D3Q19, marks=pytest.mark.validate)], ids=repr)
def test_laminar_flows_are_undisturbed(lattice, drive, device):
    """Poiseuille's and Couette's, to rounding; Smagorinsky's eddies change both."""
    d = lattice.dimension
    options = {"boundaries": [MovingWall(Y_MAX, (0.1, 0.0, 0.0)[:d])]} if drive == "lid" else {"force": (2e-5, 0.0, 0.0)[:d]}
    found = []
    for collision in (TRT(), WALE(TRT()), Smagorinsky(TRT(), 0.17)):
        domain = box((8, 12, 8)[:d], periodic=(True, False, True)[:d], device=device)
        simulation = Simulation(
            domain, lattice=lattice, viscosity=0.005, collision=collision, precision=wp.float64, **options
        )
        simulation.run(1000)
        found.append(simulation.velocity())
    largest = np.abs(found[0]).max()
    assert np.abs(found[1] - found[0]).max() < 1e-13 * largest
    assert np.abs(found[2] - found[0]).max() > 0.005 * largest


def test_vortices_are_of_second_order(device):
    """nu_t is of the order of the square of a cell: the order of the scheme stays."""
    velocity, _ = np.array([errors(n, WALE(TRT()), device) for n in (16, 32, 64)]).T
    assert np.log2(velocity[:-1] / velocity[1:]) == pytest.approx([2.0, 2.0], abs=0.15)


TURBULENT = 0.1 * 32 / (2.0 * np.pi) / 5e4
"""nu of Re = U L / (2 pi nu) = 50,000 on 32^3 cells."""


def sheared_vortices(cells, device, collision, viscosity, **options):
    """Taylor and Green's vortices in space at a Reynolds number far beyond what the cells resolve."""
    domain = box((cells,) * 3, periodic=(True,) * 3, device=device)
    simulation = Simulation(domain, viscosity=viscosity, collision=collision, **options)
    x, y, z = np.moveaxis(2.0 * np.pi / cells * (places(simulation) + 0.5), -1, 0)
    u = 0.1 * np.stack([np.sin(x) * np.cos(y) * np.cos(z), -np.cos(x) * np.sin(y) * np.cos(z), 0.0 * x], axis=-1)
    simulation.set_state(1.0, u)
    return simulation


def test_threads_change_no_bit(device):
    states = []
    for threads in (1, 2):
        simulation = sheared_vortices(16, device, WALE(TRT()), 1e-4, threads=threads)
        simulation.run(50)
        states.append(simulation.state.populations.numpy())
    assert np.array_equal(*states)


@pytest.mark.parametrize("collision", [TRT(), Regularised()], ids=lambda model: type(model).__name__)
def test_flows_that_blow_up_without(collision, device):
    with pytest.raises(SimulationError, match="blown up"):
        sheared_vortices(32, device, collision, TURBULENT).run(1500)


def test_it_holds_a_flow_that_blows_up_without(device):
    """Around the regularised collision: to waves from cell to cell, which break TRT, differences over two cells are blind."""
    simulation = sheared_vortices(32, device, WALE(Regularised()), TURBULENT)
    simulation.run(2500)
    assert np.linalg.norm(simulation.velocity(), axis=-1).max() < 0.05


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: WALE(BGK(), 0.0), r"WALE\(constant=0.0\): must be above 0"),
        (lambda: ExactDifference(WALE(BGK())), r"write WALE\(ExactDifference"),
        (lambda: Smagorinsky(WALE(BGK())), r"write WALE\(Smagorinsky"),
        (lambda: PowerLaw(WALE(BGK()), 0.5), r"write WALE\(PowerLaw"),
        (lambda: Carreau(WALE(BGK()), 10.0, 0.5), r"write WALE\(Carreau"),
        (lambda: WALE(WALE(BGK())), "only the outermost collision receives"),
    ],
)
def test_what_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
