"""Any number of obstacles and openings: neither the flow nor a body's force depends on how many there are, or on their order."""

import numpy as np
import pytest
import warp as wp

from sparselbm.adjoint import Points, value_and_grad
from sparselbm.errors import WallError
from sparselbm.geometry import SolidFraction, TriangleMesh
from sparselbm.grid.build import box
from sparselbm.kernels.observables import integral_kernel
from sparselbm.models import RigidVelocity
from sparselbm.models.boundary import X_MAX, X_MIN, FaceRegion, PressureOutlet, VelocityInlet
from sparselbm.models.cell_label import along_opening, label_words, opening_place
from sparselbm.models.scalar import BodyValue, Scalar
from sparselbm.models.wall import Bouzidi, CentralInterpolation, Halfway
from sparselbm.observe import Force, ScalarRelease, Torque, evaluate, forces_on_all
from sparselbm.observe.monitor import EverySteps, ForceOn, ForceOnEach
from sparselbm.solver import Obstacle, Simulation
from sparselbm.solver.moving.coupling import CouplingSums, coupling_kernel

WALLS = [SolidFraction(), Halfway(), Bouzidi(), CentralInterpolation()]
LAST = "b29"


def plates(count: int, gap: float = 5.0) -> dict[str, TriangleMesh]:
    """Bars of 2.2 cells in rows of ten, drawn out along z beyond the plane."""
    at = [(6.33 + (2.2 + gap) * (k % 10), 6.41 + (2.2 + gap) * (k // 10)) for k in range(count)]
    return {f"b{k}": TriangleMesh.box((x, y, -9.0), (x + 2.2, y + 2.2, 9.0)) for k, (x, y) in enumerate(at)}


def joined(meshes) -> TriangleMesh:
    points = np.concatenate([m.points for m in meshes])
    first = np.cumsum([0, *(len(m.points) for m in meshes)])
    return TriangleMesh(points, np.concatenate([m.faces + k for m, k in zip(meshes, first, strict=False)]))


def part(name: str, low: int, high: int):
    """The cells of the left side from one row up to another."""
    return X_MIN.within(FaceRegion((0.0, low), (1.0, high)), name)


def flow(device, bodies, wall, *, inlet: bool = True, steps: int = 30, shape=(80, 32)) -> Simulation:
    boundaries = [VelocityInlet(X_MIN, (0.02, 0.0)), PressureOutlet(X_MAX)] if inlet else []
    simulation = Simulation(
        box(shape, periodic=(not inlet, True), device=device), viscosity=0.1, boundaries=boundaries, precision=wp.float64,
        obstacles=[Obstacle(name, mesh, wall) for name, mesh in bodies.items()], force=None if inlet else (1e-5, 2e-6),
    )
    simulation.set_state(1.0, (0.02, 0.001))
    simulation.run(steps)
    return simulation


def forces(simulation: Simulation, names) -> dict[str, np.ndarray]:
    axes = ((1.0, 0.0), (0.0, 1.0))
    return {name: np.array([evaluate(Force(name, axis), simulation) for axis in axes]) for name in names}


@pytest.mark.parametrize("inlet", [True, pytest.param(False, marks=pytest.mark.validate)], ids=["inlet", "periodic"])
@pytest.mark.parametrize("wall", WALLS, ids=lambda wall: type(wall).__name__)
def test_thirty_bodies_in_any_order_are_those_of_one_mesh(device, wall, inlet):
    """Body 25 and later ones once were bits beyond the word: no force, and on the CPU the first boundary condition."""
    bodies = plates(30)
    there = flow(device, bodies, wall, inlet=inlet)
    back = flow(device, dict(reversed(bodies.items())), wall, inlet=inlet)
    one = flow(device, {"all": joined(bodies.values())}, wall, inlet=inlet)
    np.testing.assert_array_equal(there.velocity(), back.velocity())
    np.testing.assert_allclose(there.velocity(), one.velocity(), atol=1e-15)
    named = ("b0", "b23", "b24", LAST)
    first, second = forces(there, named), forces(back, named)
    for name, force in first.items():
        assert np.abs(force).max() > 1e-6, name
        np.testing.assert_allclose(force, second[name], rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(there.force_field(), one.force_field(), atol=1e-14)


@pytest.mark.parametrize("wall", WALLS[1:], ids=lambda wall: type(wall).__name__)
def test_a_cell_between_two_bodies_gives_each_its_own_links(device, wall):
    """In gaps of a cell or two links of both bodies meet in one cell: they once counted for both."""
    bodies = plates(4, gap=1.3)
    there, back = (flow(device, some, wall, shape=(24, 16)) for some in (bodies, dict(reversed(bodies.items()))))
    assert there.walls.links_have_owners
    first, second = forces(there, bodies), forces(back, bodies)
    np.testing.assert_array_equal(there.velocity(), back.velocity())
    for name, force in first.items():
        np.testing.assert_allclose(force, second[name], rtol=1e-9, atol=1e-15)
    whole = forces(flow(device, {"all": joined(bodies.values())}, wall, shape=(24, 16)), ["all"])["all"]
    np.testing.assert_allclose(sum(first.values()), whole, rtol=1e-9)


def test_walls_of_both_kinds_side_by_side(device):
    """A body of solid fractions near one with links takes none of the other's links."""
    bodies = plates(2, gap=1.2)
    walls = {"b0": SolidFraction(), "b1": Bouzidi()}

    def run(names):
        domain = box((24, 16), periodic=(True, True), device=device)
        simulation = Simulation(
            domain, viscosity=0.1, force=(1e-5, 0.0), precision=wp.float64,
            obstacles=[Obstacle(name, bodies[name], walls[name]) for name in names],
        )
        simulation.run(40)
        before = simulation.force_field().sum(axis=(0, 1))
        found = forces(simulation, names)
        np.testing.assert_allclose(found["b0"] + found["b1"], before, rtol=1e-10, atol=1e-14)
        return found

    first, second = run(["b0", "b1"]), run(["b1", "b0"])
    for name in bodies:
        np.testing.assert_allclose(first[name], second[name], rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("wall", [SolidFraction(), Bouzidi()], ids=lambda wall: type(wall).__name__)
def test_the_gradient_of_the_thirtieth_body_is_that_of_the_first(device, wall):
    def gradient(bodies):
        simulation = flow(device, bodies, wall, steps=4)
        return value_and_grad(Force(LAST, (1.0, 0.2)), simulation, steps=4, wrt=(Points(LAST),))

    bodies = plates(30)
    value, (last,) = gradient(bodies)
    expected, (first,) = gradient(dict(reversed(bodies.items())))
    assert value == pytest.approx(expected, rel=1e-10)
    assert np.abs(last).max() > 0.0
    np.testing.assert_allclose(last, first, rtol=1e-8, atol=1e-12)


MIXED = {"b0": SolidFraction(), "b1": Bouzidi(), "b2": SolidFraction(), "b3": Bouzidi()}


@pytest.mark.parametrize("walls", [*WALLS, MIXED], ids=[*(type(wall).__name__ for wall in WALLS), "mixed"])
@pytest.mark.parametrize("gap", [5.0, 1.3], ids=["apart", "links meet"])
def test_the_forces_on_all_bodies_are_those_on_each(device, walls, gap):
    bodies = plates(4, gap)
    obstacles = [Obstacle(name, mesh, walls[name] if walls is MIXED else walls) for name, mesh in bodies.items()]
    domain = box((48, 16), periodic=(True, True), device=device)
    simulation = Simulation(domain, viscosity=0.1, obstacles=obstacles, force=(1e-5, 2e-6), precision=wp.float64)
    simulation.run(20)
    found, right = forces_on_all(simulation), forces(simulation, bodies)
    monitor = ForceOnEach(EverySteps(1))
    recorded = dict(zip(monitor.columns(simulation), monitor.bind(simulation).take(), strict=True))
    for name in bodies:
        np.testing.assert_allclose(found[name], right[name], rtol=1e-10, atol=1e-15)
        np.testing.assert_allclose([recorded[f"{name}.force_{axis}"] for axis in "xy"], right[name], rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(sum(found.values()), simulation.force_field().sum(axis=(0, 1)), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("walls", [SolidFraction(), Bouzidi(), MIXED], ids=["PSM", "links", "mixed"])
def test_all_bodies_share_one_kernel(device, walls):
    """Their numbers were constants of the text: a compilation of 0.3 s for each body."""
    bodies, still = plates(4), RigidVelocity.at_rest(2)
    obstacles = [Obstacle(name, mesh, walls[name] if walls is MIXED else walls) for name, mesh in bodies.items()]
    moving = walls != Bouzidi() and walls is not MIXED
    if moving:
        obstacles = [Obstacle(o.name, o.mesh, o.wall, motion=still) for o in obstacles]
    heat = Scalar("heat", 0.1, bodies=tuple(BodyValue(name, 1.0 + k) for k, name in enumerate(bodies)))
    domain = box((48, 16), periodic=(True, True), device=device)
    simulation = Simulation(domain, viscosity=0.1, obstacles=obstacles, force=(1e-5, 2e-6), scalars=(heat,), precision=wp.float64)
    simulation.run(10)
    of = (simulation.physics, simulation.passes.general_class, simulation.passes.target)
    kinds = {
        "force": lambda name, k: Force(name, (1.0, 0.0)), "torque": lambda name, k: Torque(name, (6.4 + 7.2 * k, 6.5)),
        "release": lambda name, k: ScalarRelease("heat", name),
    }
    for kind, observable in kinds.items():
        each = [observable(name, k) for k, name in enumerate(bodies)]
        assert len({integral_kernel(*of, (o,)).text for o in each}) == 1, kind
        together = [float(evaluate(o, simulation)) for o in each]
        assert len(set(together)) == 4
    if moving:
        assert len({coupling_kernel(*of, name).text for name in bodies}) == 1
        at = {f"{name}.centre_{axis}": 3.0 + k for k, name in enumerate(bodies) for axis in "xy"}
        simulation.set_parameters(at)
        for name, force in forces(simulation, bodies).items():
            sums = CouplingSums(simulation.solids.named(name), simulation.passes, simulation.state)
            np.testing.assert_allclose(sums.take().impulse[:2], force, rtol=1e-9, atol=1e-15)


def test_a_torque_is_about_its_own_centre(device):
    """Centres are given at the launch: T(c) = T(0) - c x F."""
    simulation = flow(device, plates(3), SolidFraction(), inlet=False, shape=(40, 16))
    for name, (fx, fy) in forces(simulation, ["b1", "b2"]).items():
        turn = evaluate(Torque(name, (0.0, 0.0)), simulation)
        for x, y in ((3.0, 3.0), (17.0, 2.0)):
            assert evaluate(Torque(name, (x, y)), simulation) == pytest.approx(turn - (x * fy - y * fx), rel=1e-9)


def test_five_hundred_bodies(device):
    names = [f"b{k}" for k in range(500)]
    bodies = [TriangleMesh.box((2.4 + 5 * (k % 25), 2.3 + 5 * (k // 25), -9.0), (4.7 + 5 * (k % 25), 4.6 + 5 * (k // 25), 9.0))
              for k in range(500)]
    obstacles = [Obstacle(name, mesh) for name, mesh in zip(names, bodies, strict=True)]
    simulation = Simulation(
        box((128, 104), periodic=(True, True), device=device), viscosity=0.1, obstacles=obstacles, force=(1e-5, 0.0)
    )
    simulation.run(3)
    found = forces_on_all(simulation)
    np.testing.assert_allclose(sum(found.values()), simulation.force_field().sum(axis=(0, 1)), rtol=1e-5, atol=1e-7)
    for name in names[::100]:
        assert len(simulation.passes.tiles_of(name)) <= 9
        np.testing.assert_allclose(ForceOn(name, EverySteps(1)).bind(simulation).take(), found[name], rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("count", [1, 12, 40])
def test_openings_beyond_a_word(device, count):
    """The inlet in parts, one condition each, is the inlet as one."""
    height = 2
    parts = [
        VelocityInlet(part(f"part{k}", height * k, height * (k + 1)), (0.03, 0.0)) for k in range(count)
    ]

    def run(inlets):
        domain = box((16, 80), periodic=(False, False), device=device)
        simulation = Simulation(
            domain, viscosity=0.1, boundaries=[*inlets, PressureOutlet(X_MAX)], precision=wp.float64
        )
        simulation.run(20)
        return simulation

    split = run(parts)
    whole = run([VelocityInlet(part("whole", 0, height * count), (0.03, 0.0))])
    np.testing.assert_allclose(split.velocity(), whole.velocity(), rtol=0, atol=1e-15)
    assert split.walls.label_words == label_words(count + 1)


def test_places_of_openings_are_their_own():
    places = [opening_place(k) for k in range(200)]
    assert len(set(places)) == 200
    assert max(word for word, _ in places) == label_words(200) - 1
    labels = np.zeros((1, label_words(200), 64), dtype=np.uint32)
    labels[0, 0, :] = 0xFFFF0000  # The number of an obstacle is no opening.
    for k, (word, bit) in enumerate(places):
        assert not along_opening(labels, k).any()
        labels[0, word, 3] |= np.uint32(1 << bit)
        assert along_opening(labels, k)[0, 3]


def test_openings_that_share_cells_are_refused_whatever_their_number(device):
    parts = [VelocityInlet(part(f"part{k}", 2 * k, 2 * k + 2), (0.03, 0.0)) for k in range(20)]
    parts.append(VelocityInlet(part("again", 37, 38), (0.03, 0.0)))
    with pytest.raises(WallError, match="again and part18 share 1 cells"):
        Simulation(box((16, 80), device=device), viscosity=0.1, boundaries=parts)
