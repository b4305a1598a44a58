"""Cases 1 and 2: flow between plates and in a square duct against their exact profiles."""

import itertools

import numpy as np
import pytest
import warp as wp
from case import Case, Curve, Panel, Published, Quantity, Stopwatch
from flows import run_until_steady

from sparselbm.grid.build import box
from sparselbm.models.boundary import Y_MAX, MovingWall
from sparselbm.models.collision import BGK, TRT, Collision
from sparselbm.solver import Simulation


class Plates:
    """A channel of `cells` between plates, driven by a force or by the upper plate; u over its largest value."""

    def __init__(self, cells: int, device: str, *, collision: Collision, driven: bool):
        watch = Stopwatch()
        viscosity, peak = 0.5, 1e-4
        force = (8.0 * viscosity * peak / cells**2, 0.0) if driven else None
        lid = [] if driven else [MovingWall(Y_MAX, (peak, 0.0))]
        simulation = Simulation(
            box((8, cells), periodic=(True, False), device=device), viscosity=viscosity, force=force, boundaries=lid,
            collision=collision, precision=wp.float64,
        )
        run_until_steady(simulation, 1e-13 if not driven else 1e-10)
        y = (np.arange(cells) + 0.5) / cells
        self.y, self.u = y, simulation.domain.dense(simulation.velocity())[0, :, 0] / peak
        self.error = float(np.abs(self.u - (4.0 * y * (1.0 - y) if driven else y)).max())
        self.grid = watch.grid(f"{cells} cells", cells, simulation)


@pytest.mark.validate
@pytest.mark.parametrize(
    ("part", "collision", "driven", "tolerance"),
    [("Poiseuille", TRT(3 / 16), True, 1e-6), ("Couette", TRT(3 / 16), False, 1e-10), ("Poiseuille, BGK", BGK(), True, None)],
)
def test_plates(part, collision, driven, tolerance, device, hand_in):
    flows = [Plates(cells, device, collision=collision, driven=driven) for cells in (8, 16, 32)]
    errors = [flow.error for flow in flows]
    if tolerance is None:  # BGK's walls move with the viscosity: no exact profile, but second order.
        name, values = "order of convergence", [np.log2(a / b) for a, b in itertools.pairwise(errors)]
        published, grids = Published(value=2.0, tolerance=0.05, absolute=True), [flow.grid for flow in flows[1:]]
    else:
        name, values = "largest error of u / u_max", errors
        published, grids = Published(value=0.0, tolerance=tolerance, absolute=True), [flow.grid for flow in flows]
    quantity = Quantity(name=name, values=values, published=published, is_order=tolerance is None)
    y = np.linspace(0.0, 1.0, 21)
    exact = Curve("exact", y, 4.0 * y * (1.0 - y) if driven else y, points=True)
    hand_in(Case(
        number="1", title="Plane Poiseuille and Couette flow", part=part,
        setup="D2Q9, fp64, nu = 1/2, periodic along the flow, halfway walls; TRT with Lambda = 3/16, and BGK for comparison.",
        source="exact", grids=grids, quantities=[quantity],
        panels=[Panel(x="y / H", y="u / u_max", curves=[*(Curve(f.grid.label, f.y, f.u) for f in flows), exact])],
    ))


class Duct:
    """Fully developed flow in a square duct: flow rate / (G L^4 / mu), largest over mean velocity."""

    def __init__(self, cells, device):
        watch = Stopwatch()
        viscosity, drive = 0.5, 1e-6 * (32 / cells) ** 3
        domain = box((8, cells, cells), periodic=[True, False, False], device=device)
        simulation = Simulation(domain, viscosity=viscosity, force=(drive, 0.0, 0.0), precision=wp.float64)
        run_until_steady(simulation, 1e-7)
        u = domain.dense(simulation.velocity()[..., 0])[0]
        even = np.array([-1.0, 9.0]) / 8.0  # The middle lies between cells: the even parabola through the two beside it.
        middle = slice(cells // 2 - 2, cells // 2)
        self.flow_rate = float(u.sum() * viscosity / (drive * cells**4))
        self.peak = float(even @ u[middle, middle] @ even / u.mean())
        self.y, self.profile = (np.arange(cells) + 0.5) / cells, even @ u[middle] / u.mean()
        self.grid = watch.grid(f"{cells} x {cells}", cells, simulation)


def series(y, terms=200):
    """u / u_mean on the middle line of a square duct (Fourier series)."""
    n = np.arange(1, 2 * terms, 2)[:, None]
    with np.errstate(over="ignore"):
        bracket = 1.0 - 1.0 / np.cosh(np.minimum(n * np.pi / 2.0, 700.0))
    u = 4.0 / np.pi**3 * (np.sin(n * np.pi * y) / n**3 * bracket).sum(axis=0)
    return u / 0.0351443


@pytest.mark.validate
def test_square_duct(device, hand_in):
    ducts = [Duct(cells, device) for cells in (16, 32)]
    y = np.linspace(0.0, 1.0, 21)
    quantities = [
        Quantity(name=name, values=[getattr(duct, member) for duct in ducts], published=Published(value=value, tolerance=0.005))
        for name, member, value in (("Q mu / (G L^4)", "flow_rate", 0.0351443), ("u_max / u_mean", "peak", 2.0963))
    ]
    profiles = [Curve(duct.grid.label, duct.y, duct.profile) for duct in ducts]
    hand_in(Case(
        number="2", title="Square duct",
        setup="D3Q19, TRT with Lambda = 3/16, fp64, nu = 1/2, halfway walls, driven by a force.", source="exact series",
        grids=[duct.grid for duct in ducts], quantities=quantities,
        panels=[Panel(x="y / L on the middle line", y="u / u_mean",
                      curves=[*profiles, Curve("series", y, series(y), points=True)])],
    ))
