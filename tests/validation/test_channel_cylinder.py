"""Cases 8, 9 and 10: the benchmarks 2D-1, 2D-2 and 3D-1Z of Schafer & Turek."""

from itertools import pairwise

import numpy as np
import pytest
from case import Case, Curve, Panel, Published, Quantity, Stopwatch
from channel_cylinder import ChannelCylinder
from flow_fields import force_series, on_box
from walls import STAIRCASE, WALLS
from what_walls_can_do import CHANNEL_CYLINDER, reasons

from sparselbm.flows import SteadyRun
from sparselbm.models.collision import TRT, Cumulant
from sparselbm.observe import evaluate

SPEED = 0.05
SOURCE = "Schafer & Turek, Notes Numer. Fluid Mech. 52 (1996) 547"
WALL = "the cylinder by interpolated bounce-back (Bouzidi)"
SETUP = (
    f"Channel of height 0.41 m, D = 0.1 m; parabolic velocity inlet, characteristic outlet, halfway walls, {WALL}, "
    "TRT with Lambda = 3/16, fp32, largest lattice speed 0.05. The finer grid starts from "
    "the coarser one's flow; half speed: coarsest grid."
)


def channel_2d(cells, reynolds, speed, device, collision=TRT(), wall=WALLS["Bouzidi"]):
    return ChannelCylinder(
        dimension=2, cells=cells, length=2.2, place=(0.2, 0.2), reynolds=reynolds, speed=speed, device=device,
        collision=collision, wall=wall,
    )


def settled(flow, tolerance):
    """Runs until the drag stands still over four diameters of the mean flow; C_d and C_l."""
    rule = SteadyRun(tolerance=tolerance, interval=round(4.0 * flow.steps), max_steps=round(400.0 * flow.steps))
    assert rule.run(flow.simulation, flow.along(0)).converged
    return [flow.coefficient(evaluate(flow.along(axis), flow.simulation)) for axis in (0, 1)]


@pytest.mark.validate
@pytest.mark.parametrize("wall", WALLS)
def test_2d_1(wall, device, hand_in):
    flows, grids, found = [], [], []
    for cells, speed in ((41, SPEED), (41, 0.5 * SPEED), (82, SPEED)):
        watch = Stopwatch()
        flow = channel_2d(cells, 20.0, speed, device, wall=WALLS[wall])
        if flows:
            flow.start_from(flows[0])
        found.append([*settled(flow, 1e-5), flow.pressure_difference(0.2)])
        flows.append(flow)
        grids.append(watch.grid(f"{flow.across:g} across", flow.across, flow.simulation))
    published = {
        "C_d": Published(value=5.57953, tolerance=0.01), "C_l": Published(value=0.010619, tolerance=0.03),
        "dp [Pa]": Published(value=0.117520, tolerance=0.02),
    }
    quantities = [
        Quantity(name=name, values=[found[0][k], found[2][k]], half_speed=(found[0][k], found[1][k]), published=value,
                 held_to=CHANNEL_CYLINDER[wall][name].held_to, first_order=wall == STAIRCASE)
        for k, (name, value) in enumerate(published.items())
    ]
    hand_in(Case(
        number="8", title="Cylinder in a channel, 2D-1, Re 20", part=wall, setup=SETUP.replace(WALL, "each wall at the cylinder"),
        misses=reasons(CHANNEL_CYLINDER[wall]), source=SOURCE + "; Nabh, Heidelberg (1998)",
        grids=grids[::2], quantities=quantities, panels=[pressure_panel(flows[::2])],
    ))


def pressure_panel(flows):
    """Pressure on the line y = 0.2 m, and its values at the cylinder that the published difference belongs to."""
    x = np.linspace(0.01, 0.6, 119)
    body = (x > 0.148) & (x < 0.252)
    curves = []
    for flow in flows:
        density = on_box(flow.simulation, flow.simulation.density())(np.column_stack([x, 0.0 * x + 0.2]))
        p = (density - 1.0) / 3.0 * (0.2 / flow.mean) ** 2
        curves.append(Curve(f"{flow.across:g} across", x.round(4), np.where(body, np.nan, p - p[-1]).round(6)))
    front = float(curves[-1].y[np.argmax(x > 0.252)]) + 0.117520
    published = Curve("front, by the published difference", [0.15], [front], points=True)
    return Panel(x="x [m] at y = 0.2 m", y="p - p(0.6 m) [Pa]", curves=[*curves, published])


class Shedding:
    """Drag and lift over the last periods of a flow that sheds vortices; the pressure half a period after the lift's tops."""

    def __init__(self, flow, lengths, periods=10):
        times, drag, lift, dp = force_series(
            flow.simulation, [flow.along(0), flow.along(1)], lengths * flow.steps, flow.steps / 30.0,
            also=lambda: flow.pressure_difference(1.0),
        )
        self.times, drag, lift = times / flow.steps, flow.coefficient(drag), flow.coefficient(lift)
        middle = 0.5 * (lift[len(lift) // 2 :].max() + lift[len(lift) // 2 :].min())
        k = np.flatnonzero((lift[:-1] < middle) & (lift[1:] >= middle))
        up = self.times[k] + (middle - lift[k]) / (lift[k + 1] - lift[k]) * np.diff(self.times)[k]
        up = up[-periods - 1 :]
        assert len(up) == periods + 1, f"{len(up) - 1} periods, {periods} are asked for"
        last = (self.times >= up[0]) & (self.times <= up[-1])
        self.strouhal = float(1.0 / np.diff(up).mean())
        self.drag_max, self.drag_min = float(drag[last].max()), float(drag[last].min())
        self.lift_range = float(np.ptp(lift[last]))
        inside = [(self.times >= a) & (self.times < b) for a, b in pairwise(up)]
        tops = np.array([self.times[one][np.argmax(lift[one])] for one in inside])[:-1]
        self.dp = float(np.interp(tops + 0.5 / self.strouhal, self.times, dp).mean())
        self.lift = lift


@pytest.mark.validate
def test_2d_2(device, hand_in):
    flows, grids, found = [], [], []
    for cells, speed, lengths in ((41, SPEED, 150.0), (41, 0.5 * SPEED, 60.0), (82, SPEED, 60.0), (164, SPEED, 55.0)):
        watch = Stopwatch()
        flow = channel_2d(cells, 100.0, speed, device, Cumulant())
        if flows:
            flow.start_from(flows[0] if speed < SPEED else flows[-1])
        found.append(Shedding(flow, lengths))
        flows.append(flow)
        grids.append(watch.grid(f"{flow.across:g} across", flow.across, flow.simulation))
    published = {
        "largest C_d": ("drag_max", Published(value=3.2274, low=3.22, high=3.24, tolerance=0.03)),
        "least C_d": ("drag_min", Published(value=3.1643, tolerance=0.03)),
        "C_l, peak to peak": ("lift_range", Published(value=2.0079, tolerance=0.03)),
        "St": ("strouhal", Published(value=0.3018, low=0.295, high=0.305, tolerance=0.03)),
        "dp [Pa]": ("dp", Published(value=2.48, low=2.46, high=2.50, tolerance=0.03)),
    }
    values = {name: [getattr(s, member) for s in found] for name, (member, _) in published.items()}
    quantities = [
        Quantity(name=name, values=values[name][:1] + values[name][2:], half_speed=tuple(values[name][:2]), published=value)
        for name, (_, value) in published.items()
    ]
    setup = SETUP.replace("TRT with Lambda = 3/16", "cumulant collision") + " Over ten periods."
    hand_in(Case(
        number="9", title="Cylinder in a channel, 2D-2, Re 100", setup=setup, source=SOURCE + "; FeatFlow",
        grids=grids[:1] + grids[2:], quantities=quantities, panels=[lift_panel(found[3])],
    ))


def lift_panel(shedding):
    """The last three periods of the lift; the published range about the same middle."""
    last = shedding.times > shedding.times[-1] - 3.0 / shedding.strouhal
    t, lift = shedding.times[last] - shedding.times[last][0], shedding.lift[last]
    middle = 0.5 * (lift.max() + lift.min())
    ends = Curve("published range", t[[lift.argmax(), lift.argmin()]], [middle + 1.00395, middle - 1.00395], points=True)
    return Panel(x="t U / D", y="C_l", curves=[Curve("30 across", t.round(4), lift.round(5)), ends])


@pytest.mark.validate
def test_3d_1z(device, hand_in):
    flows, grids, found = [], [], []
    for cells, speed in ((41, SPEED), (41, 0.5 * SPEED), (83, SPEED)):
        watch = Stopwatch()
        flow = ChannelCylinder(
            dimension=3, cells=cells, length=2.5, place=(0.5, 0.2), reynolds=20.0, speed=speed, device=device
        )
        if flows:
            flow.start_from(flows[0])
        # Of the half that is computed; the cells on the plane of symmetry belong to both halves.
        settled(flow, 2e-4)
        found.append([*whole_coefficients(flow), flow.pressure_difference(0.2)])
        flows.append(flow)
        grids.append(watch.grid(f"{flow.across:.3g} across", flow.across, flow.simulation))
    published = {
        "C_d": Published(value=6.1853, low=6.05, high=6.25, tolerance=0.02),
        "C_l": Published(value=0.0094, low=0.008, high=0.010, tolerance=0.002, absolute=True),
        "dp [Pa]": Published(value=0.1710, low=0.165, high=0.175, tolerance=0.02),
    }
    quantities = [
        Quantity(name=name, values=[found[0][k], found[2][k]], half_speed=(found[0][k], found[1][k]), published=value)
        for k, (name, value) in enumerate(published.items())
    ]
    across = [g.across for g in grids[::2]]
    curves = [Curve("ours", across, [found[0][0], found[2][0]])]
    curves.append(Curve("published range", [across[1]] * 2, [6.05, 6.25], points=True))
    hand_in(Case(
        number="10", title="Cylinder in a square channel, 3D-1Z, Re 20",
        setup=SETUP + " D3Q19; the half up to z = H / 2, which passes through centres of cells: 41 and 83 cells over H.",
        source=SOURCE + "; Braack & Richter, Comput. Fluids 35 (2006) 372", grids=grids[::2], quantities=quantities,
        panels=[Panel(x="cells across", y="C_d", curves=curves)],
    ))


def whole_coefficients(flow):
    """C_d and C_l of the whole cylinder from its half."""
    field = flow.simulation.force_field()
    share = np.where(flow.simulation.domain.cell_indices()[..., 2] == flow.simulation.domain.shape[2] - 1, 1.0, 2.0)
    return [float(flow.coefficient((share * field[..., axis]).sum())) for axis in (0, 1)]
