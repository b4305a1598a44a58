"""Any number of obstacles and openings: neither the flow nor a body's force depends on how many there are, or on their order."""

import numpy as np
import pytest
import warp as wp

from sparselbm.adjoint import Points, value_and_grad
from sparselbm.errors import WallError
from sparselbm.geometry import SolidFraction, TriangleMesh
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN, FaceRegion, PressureOutlet, VelocityInlet
from sparselbm.models.cell_label import along_opening, label_words, opening_place
from sparselbm.models.wall import Bouzidi, CentralInterpolation, Halfway
from sparselbm.observe import Force, evaluate
from sparselbm.solver import Obstacle, Simulation

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


@pytest.mark.parametrize("inlet", [True, False], ids=["inlet", "periodic"])
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
    with pytest.raises(WallError, match="part18 and again share 1 cells"):
        Simulation(box((16, 80), device=device), viscosity=0.1, boundaries=parts)
