"""Case 18: NACA 0012 at Re 500 and 1000 without incidence."""

import numpy as np
import pytest
from case import Case, Curve, Panel, Published, Quantity, Stopwatch
from flow_fields import on_box
from free_stream import FreeStream

from sparselbm.geometry import TriangleMesh

SPEED, ACROSS = 0.05, {500: (75, 150), 1000: (100, 150)}
"""Chords [cells]. The inlet asks for Re / chord below 10."""
SETUP = (
    "Upper half of the flow up to the plane of symmetry; uniform inlet 4 chords ahead of the airfoil's middle, slip side 5 "
    "chords away, pressure outlet 5 chords behind; closed trailing edge; interpolated wall (Bouzidi), TRT, fp32, lattice "
    "speed 0.05. The fine grid starts from the coarse one's flow; half speed: coarse grid."
)
DRAG = {500: (0.176, 0.172, 0.178), 1000: (0.1195, 0.119, 0.120)}
"""C_d and its range."""


def naca_0012(points=120, half_width=0.05):
    """The airfoil from x = -1/2 to 1/2, drawn out along z: half thickness .6 (.2969 sqrt(x) - .126 x - .3516 x^2 + ...)."""
    x = 0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, points))
    y = 0.6 * (0.2969 * np.sqrt(x) - 0.1260 * x - 0.3516 * x**2 + 0.2843 * x**3 - 0.1036 * x**4)
    outline = np.concatenate([np.column_stack([x, y]), np.column_stack([x, -y])[1:-1][::-1]])[::-1] - (0.5, 0.0)
    n = len(outline)
    corners = np.concatenate([np.column_stack([outline, np.full(n, z)]) for z in (-half_width, half_width)])
    i, j = np.arange(n), (np.arange(n) + 1) % n
    sides = [np.column_stack([i, j, n + j]), np.column_stack([i, n + j, n + i])]
    k = np.arange(1, n - 1)  # The outline is convex: fans close the ends.
    ends = [np.column_stack([0 * k, k + 1, k]), np.column_stack([n + 0 * k, n + k, n + k + 1])]
    return TriangleMesh(corners, np.concatenate(sides + ends))


def stream(across, reynolds, speed, device):
    return FreeStream(
        body=naca_0012(), dimension=2, across=across, reynolds=reynolds, speed=speed, mirrors=(1,), device=device,
        upstream=4.0, downstream=5.0, side=5.0,
    )


def profile(flow):
    """u / U a quarter of a chord behind the trailing edge."""
    y = np.linspace(0.0, 0.5, 51)
    return Curve(
        f"chord of {flow.across}", y,
        (on_box(flow.simulation, flow.simulation.velocity()[..., 0])(np.column_stack([0.0 * y + 0.75, y])) / flow.speed).round(5),
    )


@pytest.mark.validate
@pytest.mark.parametrize("reynolds", DRAG)
def test_drag(reynolds, device, hand_in):
    flows, grids = [], []
    coarse, fine = ACROSS[reynolds]
    for across, speed in ((coarse, SPEED), (coarse, 0.5 * SPEED), (fine, SPEED)):
        watch = Stopwatch()
        flow = stream(across, reynolds, speed, device)
        if flows:
            flow.start_from(flows[0])
        flow.steady_run(1e-3, stretch=1.0, limit=60.0)
        flows.append(flow)
        grids.append(watch.grid(f"chord of {across} cells", across, flow.simulation))
    cd = [flow.coefficient(flow.drag) for flow in flows]
    drag, low, high = DRAG[reynolds]
    quantity = Quantity(name="C_d", values=cd[::2], half_speed=(cd[0], cd[1]),
                        published=Published(value=drag, low=low, high=high, tolerance=0.03))
    hand_in(Case(
        number="18", title="NACA 0012 without incidence", part=f"Re {reynolds}", setup=SETUP,
        source="Lockard, Luo, Milder & Singer, J. Stat. Phys. 107 (2002) 423; Imamura et al., J. Comput. Phys. 202 (2005) 645",
        grids=grids[::2], quantities=[quantity],
        panels=[
            Panel(x="y / c, a quarter of a chord behind", y="u / U", curves=[profile(flows[0]), profile(flows[2])]),
            Panel(x="cells along the chord", y="C_d", curves=[Curve("ours", [coarse, fine], cd[::2]),
                  Curve("published range", [fine] * 2, [low, high], points=True)]),
        ],
    ))
