"""Oil from one inlet through a header into four runners, the inside of a prim. `python examples/manifold.py [VOXEL_SIZE]`

The scene holds the case: /World/Manifold has the role fluidVolume, its caps are an inlet (laminar, 0.2 m/s, Re 60) and four
outlets at one pressure. A header loses pressure by friction, and regains some as its fluid leaves and
the rest slows down (Acrivos,
Babcock & Pigford, Chem. Eng. Sci. 10 (1959) 112). At this Reynolds number friction weighs more: each runner gets less than
the one before it, 27.9, 25.6, 23.7 and 23.1 %.
`sparselbm run assets/manifold.usda` does the same, and draws it.
"""

import sys
from pathlib import Path

from sparselbm.case import Case
from sparselbm.flows import InternalFlowSetup, SteadyRun
from sparselbm.results.internal_flow_writer import internal_flow_summary

SCENE = Path(__file__).parents[1] / "assets" / "manifold.usda"


def setup_of(voxel_size: float = 1.45e-3, device: str | None = None) -> InternalFlowSetup:
    """The flow on cells of a size [m]."""
    case = Case.open(SCENE).on_cells(voxel_size)
    setup = case.setup(case.read_scene(), device)
    assert isinstance(setup, InternalFlowSetup)
    return setup


def manifold(setup: InternalFlowSetup, steady_run: SteadyRun | None = None) -> dict:
    """Flow rates and pressures at the openings, pressure drop, mass balance: the summary of a run."""
    flow = setup.build()
    flow.on_progress = lambda phase, steps, share, speed: print(f"{steps} {share:.4f} {speed:.0f} MLUPS")
    flow.run_to_steady(steady_run=steady_run)
    return internal_flow_summary(setup, flow.ports)


if __name__ == "__main__":
    setup = setup_of(*map(float, sys.argv[1:]))
    print(setup.headline)
    found = manifold(setup)
    for name, each in found["openings"].items():
        print(f"{name:<16} {each['flow_rate'] / found['flow_rate']:+.4f} of the flow  {each['pressure']:7.3f} Pa")
    print(f"pressure drop {found['pressure_drop']:.2f} Pa, mass balance {found['mass_balance']:+.2%}")
