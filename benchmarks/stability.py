"""The lowest viscosity that each collision model holds: `python benchmarks/stability.py` writes docs/explanation/stability.md.

Two flows on D2Q9 in fp32, searched by bisection over halved viscosities. A flow holds while its speed stays below twice
the one it was given.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from sparselbm.errors import SimulationError
from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9
from sparselbm.models.boundary import Y_MAX, MovingWall
from sparselbm.models.collision import (
    BGK,
    KBC,
    MRT,
    TRT,
    CentralMoment,
    Collision,
    Cumulant,
    RecursiveRegularised,
    Regularised,
)
from sparselbm.models.turbulence import Smagorinsky
from sparselbm.solver import Simulation

COLLISIONS: dict[str, Collision] = {
    "BGK()": BGK(), "TRT()": TRT(), "TRT(1/4)": TRT(0.25), "MRT()": MRT(), "CentralMoment()": CentralMoment(),
    "Cumulant()": Cumulant(), "Regularised()": Regularised(), "RecursiveRegularised()": RecursiveRegularised(),
    "KBC()": KBC(), "Smagorinsky(BGK(), 0.1)": Smagorinsky(BGK(), 0.1), "Smagorinsky(TRT(), 0.1)": Smagorinsky(TRT(), 0.1),
}

SPEED, HIGHEST, HALVINGS = 0.1, 0.1, 17
"""U [cells / step]; the first viscosity tried and how often it may be halved, to 7.6e-7."""


def shear_layer(collision: Collision, viscosity: float, device: str | None = None) -> Simulation:
    """Minion & Brown, J. Comput. Phys. 138 (1997) 734: two thin layers (kappa = 80, delta = 0.05) that roll up."""
    cells = 128
    simulation = Simulation(
        box((cells, cells), periodic=(True, True), device=device), lattice=D2Q9, viscosity=viscosity, collision=collision
    )
    x, y = np.moveaxis((simulation.domain.cell_indices() + 0.5) / cells, -1, 0)
    u = SPEED * np.tanh(80.0 * np.where(y < 0.5, y - 0.25, 0.75 - y))
    v = 0.05 * SPEED * np.sin(2.0 * np.pi * (x + 0.25))
    simulation.set_state(1.0, np.stack([u, v], axis=-1))
    return simulation


def cavity(collision: Collision, viscosity: float, device: str | None = None) -> Simulation:
    """A square cavity, from rest, with a lid that slides."""
    lid = MovingWall(Y_MAX, (SPEED, 0.0))
    domain = box((64, 64), device=device)
    return Simulation(domain, lattice=D2Q9, viscosity=viscosity, collision=collision, boundaries=[lid])


FLOWS: dict[str, tuple[Callable, int, int]] = {
    "double shear layer": (shear_layer, 128, 2 * 1280), "lid-driven cavity": (cavity, 64, 20 * 640),
}
"""How to set a flow up, its length [cells] and the steps that it must hold: 2 and 20 times length / U."""


def holds(flow: str, collision: Collision, viscosity: float, device: str | None = None) -> bool:
    """Whether the flow stays finite and below twice the given speed."""
    make, _, steps = FLOWS[flow]
    simulation = make(collision, viscosity, device)
    for _ in range(steps // 320):
        try:
            simulation.run(320)
        except SimulationError:
            return False
        if not np.abs(simulation.velocity()).max() < 2.0 * SPEED:
            return False
    return True


def lowest_viscosity(flow: str, collision: Collision) -> tuple[float, bool]:
    """The lowest of the halved viscosities that holds, and whether it is the lowest one tried."""
    good, bad = 0, HALVINGS + 1
    if holds(flow, collision, HIGHEST * 0.5**HALVINGS):
        return HIGHEST * 0.5**HALVINGS, True
    bad = HALVINGS
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if holds(flow, collision, HIGHEST * 0.5**middle) else (good, middle)
    return HIGHEST * 0.5**good, False


def cell(flow: str, collision: Collision) -> str:
    """The lowest viscosity and the Reynolds number that belongs to it, as the table shows them."""
    viscosity, end = lowest_viscosity(flow, collision)
    reynolds = float(f"{SPEED * FLOWS[flow][1] / viscosity:.2g}")
    return f"{'<= ' if end else ''}{viscosity:.1e} (Re {'>= ' if end else ''}{reynolds:,.0f})"


HEADER = f"""# Lowest stable viscosity of each collision model

This table is written by `python benchmarks/stability.py`. The lattice is D2Q9 in fp32 with U = {SPEED} cells per step (Mach
{SPEED * 3**0.5:.2f}). The viscosity is halved, beginning with {HIGHEST}, until the speed exceeds 2 U somewhere in the flow.

- **Double shear layer** (Minion & Brown 1997, kappa = 80): 128 cells, Re = 128 U / nu, over the time 2 L / U.
- **Lid-driven cavity**: 64 cells, Re = 64 U / nu, from rest over 20 L / U. It becomes unstable where the lid meets the walls.

A stable flow is not an accurate one: at these viscosities both flows are far from resolved.

| collision | {" | ".join(FLOWS)} |
|---|{"---|" * len(FLOWS)}
"""


LIMITS_HEADER = """
## Cell Reynolds numbers that flows with an inlet hold

The largest u / nu [1 / cell] at which all of the following flows were stable, in fp32. u is the largest velocity of the inlet.
The limit does not depend on the lattice velocity (measured with TRT at 0.02 to 0.15 cells per step). Wind tunnels and internal
flows choose their collision model by these limits, which `Collision.cell_reynolds_limits` holds, and refuse runs beyond them.

- **slip**: a sphere of 8 or 16 cells across (partially saturated method) in a box with `VelocityInlet`, `PressureOutlet` and
  free-slip sides, 6 to 10 crossings; `RecursiveRegularised()` on D3Q27 also a cylinder of 11 cells across the whole box, which
  became unstable at 500 after 4 crossings.
- **oblique**: the sphere of 8 cells across in 40 x 32 x 32 cells, in a stream turned by 20, 45, and 20 and 15 degrees, with
  free-slip sides or two no-slip ones, 6 to 12 crossings; for the collisions that are chosen by default. Their other limits hold
  there, except that `RecursiveRegularised()` on D3Q27 became unstable at the inlets: at 300 after 2 to 4 crossings, with and
  without the sphere, and at 150 after 10; at 100 it was stable for 20, at 75 for 12. The others have the value of slip. The
  outlets were stable in all of these: `LinkPressure` where two of them meet, and `PressureOutlet` on the rest.
- **walls**: the same as slip with four no-slip sides.
- **links**: a turned cylinder of 10.7 cells across and a bunny of 8.5 (`ParabolicInterpolation`) between free-slip sides, 8
  crossings. `TRT()` became unstable at the wall at 10 and `RecursiveRegularised()` on D3Q27 at 490. For the others it is the
  largest value tried.
- **rim**: tubes of 8.2 to 12.3 cells across and three diameters long, along the grid and tilted at random
  (`ParabolicInterpolation`), with a uniform `VelocityInlet` and `LinkPressure`, 900 steps at 0.08 cells per step from potential
  flow; 4 to 8 tilts for each collision. With anti-bounce-back at the outlet, cumulants were stable up to 15 and recursive
  regularisation up to 8.
- **developed**: the same with a parabola at the inlet; u is its maximum.

| collision | lattice | slip | oblique | walls | links | rim | developed |
|---|---|---|---|---|---|---|---|
"""


def limits_section() -> str:
    """The limits of the cell Reynolds number of every collision model that has them."""
    rows = []
    for name, collision in COLLISIONS.items():
        if name != "TRT(1/4)":
            for lattice, x in collision.cell_reynolds_limits.items():
                columns = " | ".join(f"{each:g}" for each in (x.slip, x.oblique, x.walls, x.links, x.rim, x.developed))
                rows.append(f"| `{name}` | {lattice} | {columns} |\n")
    return LIMITS_HEADER + "".join(rows)


def main(target: Path) -> None:
    """Writes the table, and each row as it is found."""
    text = HEADER
    for name, collision in COLLISIONS.items():
        row = f"| `{name}` | {' | '.join(cell(flow, collision) for flow in FLOWS)} |"
        print(row, flush=True)
        text += row + "\n"
    target.write_text(text + limits_section())


if __name__ == "__main__":
    main(Path(__file__).resolve().parents[1] / "docs" / "explanation" / "stability.md")
