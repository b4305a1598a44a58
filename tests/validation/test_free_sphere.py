"""Case 12: a sphere in a uniform stream at Re 20 and 100, corrected for the width of the box."""

import numpy as np
import pytest
from case import Case, Curve, Panel, Published, Quantity, Stopwatch
from flow_fields import on_box
from flows import sphere
from free_stream import FreeStream

SPEED, ACROSS, AREA = 0.05, (10, 20), np.pi / 4.0
NARROW, WIDE, BEHIND = 4.0, 6.5, 6.0
"""From the sphere to the inlet and the sides, and to the outlet [D]."""
BLOCKAGE = NARROW**-2 / (NARROW**-2 - WIDE**-2)
"""Part of the difference between both widths that is the narrow box's whole error: it falls as the inverse square."""
SETUP = (
    "A quarter of the flow, between its planes of symmetry: uniform inlet and slip sides 4 D from the sphere, pressure "
    "outlet 6 D behind; D3Q19, TRT, fp32, interpolated wall (Bouzidi), lattice speed 0.05. The fine grid starts from the "
    "coarse one's flow. Blockage is removed by a run with inlet and sides at 6.5 D on the coarse grid: it falls with the "
    "inverse square of the distance (the wake's deficit over the section), so 1.61 times the difference is added to both "
    "grids, of the wake's length too. Half speed: coarse grid, narrow box."
)
PUBLISHED = {20: (2.70, None), 100: (1.09, 0.87)}
"""C_d, and the length of the wake behind the sphere in D."""


def stream(across, reynolds, speed, device, width=NARROW):
    return FreeStream(
        body=sphere(0.5, (0.0, 0.0, 0.0)), dimension=3, across=across, reynolds=reynolds, speed=speed, mirrors=(1, 2),
        device=device, upstream=width, downstream=BEHIND, side=width,
    )


def axis(flow):
    """u / U on the axis behind the sphere, and where it turns positive, from the sphere's back [D]; 0 without a wake."""
    x = np.linspace(0.5, 4.0, 701)
    places = np.column_stack([x, 0.0 * x, 0.0 * x])
    u = on_box(flow.simulation, flow.simulation.velocity()[..., 0])(places) / flow.speed
    back = np.flatnonzero(u < -1e-4)
    length = 0.0 if len(back) == 0 else np.interp(0.0, u[back[-1] : back[-1] + 2], x[back[-1] : back[-1] + 2]) - 0.5
    return float(length), x, u


def freed(name, values, published, **more):
    """A quantity on the coarse and the fine grid, freed of the narrow box's blockage."""
    blockage = BLOCKAGE * (values["wide"] - values["coarse"])
    return Quantity(name=name, values=[values[grid] + blockage for grid in ("coarse", "fine")], published=published, **more)


@pytest.mark.validate
@pytest.mark.parametrize("reynolds", PUBLISHED)
def test_drag(reynolds, device, hand_in):
    flows, grids = {}, []
    plans = {
        "coarse": (ACROSS[0], SPEED, NARROW), "half": (ACROSS[0], 0.5 * SPEED, NARROW), "wide": (ACROSS[0], SPEED, WIDE),
        "fine": (ACROSS[1], SPEED, NARROW),
    }
    for name, (across, speed, width) in plans.items():
        watch = Stopwatch()
        flow = stream(across, reynolds, speed, device, width)
        if flows:
            flow.start_from(flows["coarse"])
        flow.steady_run(5e-4, stretch=2.0, limit=100.0)
        flows[name] = flow
        grids.append(watch.grid(f"{across} across, sides at {width:g} D", across, flow.simulation))
    cd = {name: flow.coefficient(flow.drag, AREA) for name, flow in flows.items()}
    drag, wake = PUBLISHED[reynolds]
    quantities = [freed("C_d", cd, Published(value=drag, tolerance=0.03), half_speed=(cd["coarse"], cd["half"]))]
    profiles = {name: axis(flow) for name, flow in flows.items()}
    curves = [
        Curve(f"{across} across", profiles[name][1][::10].round(3), profiles[name][2][::10].round(5))
        for name, across in (("coarse", ACROSS[0]), ("fine", ACROSS[1]))
    ]
    if wake is not None:
        curves.append(Curve("end of the wake, published", [0.5 + wake], [0.0], points=True))
        lengths = {name: profiles[name][0] for name in profiles}
        quantities.append(freed("length of the wake / D", lengths, Published(value=wake, tolerance=0.03)))
    hand_in(Case(
        number="12", title="Sphere in a free stream", part=f"Re {reynolds}", setup=SETUP,
        source="Clift, Grace & Weber, Bubbles, Drops and Particles (1978); Johnson & Patel, J. Fluid Mech. 378 (1999) 19",
        grids=[grids[0], grids[-1]], quantities=quantities,
        panels=[Panel(x="x / D on the axis", y="u / U", curves=curves)],
    ))
