"""Cases 24 and 25: lift beside every wall, and its scatter over places of the body between the cells."""

import numpy as np
import pytest
from case import Case, Curve, Panel, Published, Quantity, Stopwatch
from channel_cylinder import ChannelCylinder
from flows import cylinder
from free_stream import FreeStream
from walls import STAIRCASE, WALLS
from what_walls_can_do import ELLIPSE, PLACES, reasons

from sparselbm.geometry import TriangleMesh
from sparselbm.observe import Force, evaluate

SHIFTS = (0.0, 0.2, 0.4, 0.6, 0.8)
"""Of the cylinder from (0.2, 0.2) towards y = 0 [cells]."""
CELL = 0.005
"""At 20 cells across the cylinder [m]."""
DRAG = 5.5888
LIFT = (0.010833, 9.65e-5)
"""C_d, and a and b of C_l = a s + b s^3 at the distance s [0.005 m] from the middle of the channel: `ParabolicInterpolation` at
40 cells across, at five places where the axis is on a corner of cells (s = 0 to 2; largest residual 7e-6). From 20 to 40 cells,
C_d changes by 6e-5 and C_l by 1.5 % there."""
ELLIPSE_DRAG, ELLIPSE_LIFT = 1.9092, 0.5390
"""C_d and C_l of the ellipse, extrapolated with second order from 40 and 80 cells along it with `ParabolicInterpolation`
(1.91048, 1.90955; 0.53956, 0.53911)."""


def settle(simulation, forces, stretch, tolerance):
    """Runs until no force changes by more than `tolerance` over a stretch; the forces. Raises AssertionError after 100."""
    before = np.inf
    for _ in range(100):
        simulation.run(stretch)
        after = np.array([evaluate(force, simulation) for force in forces])
        if np.abs(after - before).max() < tolerance:
            return after
        before = after
    raise AssertionError(f"forces still change by more than {tolerance:g} in {stretch} steps")


def published_lift(shift: float, cell: float) -> float:
    """C_l of the reference, with the cylinder moved by so many cells [m]."""
    s = 1.0 + shift * cell / CELL
    return LIFT[0] * s + LIFT[1] * s**3


class Places:
    """C_d and C_l at five places across, on one grid, and their scatter about a straight line."""

    def __init__(self, cells, wall, device):
        watch, flow, cell = Stopwatch(), None, 0.41 / cells
        found = []
        for shift in SHIFTS:
            before, flow = flow, ChannelCylinder(
                dimension=2, cells=cells, length=1.1, place=(0.2, 0.2 - shift * cell), reynolds=20.0, speed=0.1, device=device,
                wall=WALLS[wall], facets=1024,
            )
            if before is not None:
                flow.start_from(before)
            forces = [flow.along(0), flow.along(1)]
            found.append(settle(flow.simulation, forces, round(2.0 * flow.steps), 5e-6 / flow.coefficient(1.0)))
        drag, lift = flow.coefficient(np.array(found)).T
        due = np.array([published_lift(shift, cell) for shift in SHIFTS])
        self.drag, self.lift = float(drag.mean()), float((lift / due).mean())
        self.drag_scatter = float(np.ptp(drag) / drag.mean())
        self.lift_scatter = float(np.abs(lift - due * (lift.mean() / due.mean())).max() / DRAG)
        self.curve = np.array(SHIFTS), lift / due
        self.grid = watch.grid(f"{flow.across:g} across", flow.across, flow.simulation)


@pytest.mark.validate
@pytest.mark.parametrize("wall", WALLS)
def test_places_between_the_cells(wall, device, hand_in):
    found = [Places(cells, wall, device) for cells in (41, 82)]
    published = {
        "C_d, mean": ("drag", Published(value=DRAG, tolerance=0.015)),
        "C_l / reference, mean": ("lift", Published(value=1.0, tolerance=0.03)),
        "C_d, largest - smallest [C_d]": ("drag_scatter", Published(value=0.0, tolerance=1e-3, absolute=True)),
        "C_l, largest distance from its trend [C_d]": ("lift_scatter", Published(value=0.0, tolerance=2e-4, absolute=True)),
    }
    quantities = [
        Quantity(name=name, values=[getattr(one, member) for one in found], published=value,
                 held_to=PLACES[wall][name].held_to, first_order=wall == STAIRCASE and member == "drag")
        for name, (member, value) in published.items()
    ]
    hand_in(Case(
        number="24", title="Cylinder in a channel, Re 20, at five places between the cells", part=wall,
        setup="The channel of case 8, 1.1 m long, largest lattice speed 0.1; the cylinder at (0.2, 0.2) m and 0.2, 0.4, 0.6, "
        "0.8 cells off, away from the middle of the channel. The lift (0.2 % of the drag) is relative to its reference at each "
        "place.",
        source="`ParabolicInterpolation` at 40 cells across, at places where the axis is on a corner of cells",
        grids=[one.grid for one in found], quantities=quantities, misses=reasons(PLACES[wall]),
        panels=[Panel(x="place [cells]", y="C_l / reference, 20 across", joined=True, curves=[Curve(wall, *found[1].curve)])],
    ))


def ellipse() -> TriangleMesh:
    """Axes 1 and 1/2, at an angle of 20 degrees to the stream, its front raised."""
    circle = cylinder(0.5, (0.0, 0.0), 2048, ends=(-0.2, 0.2))
    c, s = np.cos(np.radians(20.0)), np.sin(np.radians(20.0))
    flattened = circle.points * [1.0, 0.5, 1.0]
    return circle.with_points(flattened @ np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]))


class Inclined:
    """C_d and C_l of the ellipse on grids coarse to fine, each from the flow of the one before."""

    def __init__(self, across, wall, device):
        self.grids, self.found, flow = [], [], None
        for cells in across:
            watch, before = Stopwatch(), flow
            flow = FreeStream(
                body=ellipse(), dimension=2, across=cells, reynolds=20.0, speed=0.1, upstream=3.0, downstream=5.0, side=3.0,
                device=device, wall=WALLS[wall],
            )
            if before is not None:
                flow.start_from(before)
            forces = [Force("body", (1.0, 0.0)), Force("body", (0.0, 1.0))]
            forces_now = settle(flow.simulation, forces, round(8.0 * flow.steps), 2e-5 / flow.coefficient(1.0))
            self.found.append(flow.coefficient(forces_now))
            self.grids.append(watch.grid(f"{cells} along", cells, flow.simulation))


@pytest.mark.validate
@pytest.mark.parametrize("wall", WALLS)
def test_ellipse_at_an_angle(wall, device, hand_in):
    inclined = Inclined((20, 40), wall, device)
    published = {
        "C_d": Published(value=ELLIPSE_DRAG, tolerance=0.015, coarse_tolerance=0.015),
        "C_l": Published(value=ELLIPSE_LIFT, tolerance=0.03, coarse_tolerance=0.03),
    }
    quantities = [
        Quantity(name=name, values=[float(one[k]) for one in inclined.found], published=value,
                 held_to=ELLIPSE[wall][name].held_to, first_order=wall == STAIRCASE)
        for k, (name, value) in enumerate(published.items())
    ]
    across = [grid.across for grid in inclined.grids]
    hand_in(Case(
        number="25", title="Ellipse at 20 degrees, Re 20", part=wall,
        setup="Axes 1 and 1/2, Re by the longer one; box of 8 x 6 lengths, uniform inlet 3 lengths before, slip sides, pressure "
        "outlet; TRT, fp32, lattice speed 0.1.",
        source="`ParabolicInterpolation` with 40 and 80 cells along the ellipse in the same box, extrapolated with second order",
        grids=inclined.grids, quantities=quantities, misses=reasons(ELLIPSE[wall]),
        panels=[Panel(x="cells along", y="C_l", joined=True, curves=[Curve(wall, across, quantities[1].values)])],
    ))
