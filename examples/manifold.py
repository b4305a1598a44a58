"""Oil from one inlet through a header into four runners, the inside of a prim. `python examples/manifold.py [VOXEL_SIZE]`

The scene holds the case: /World/Manifold has the role fluidVolume, its caps are an inlet (laminar, 0.2 m/s, Re 60) and four
outlets at one pressure. A header loses pressure by friction, and regains some as its fluid leaves and
the rest slows down (Acrivos,
Babcock & Pigford, Chem. Eng. Sci. 10 (1959) 112). At this Reynolds number friction weighs more: each runner gets less than
the one before it, 27.5, 25.5, 23.6 and 23.1 %.
`sparselbm run assets/manifold.usda` does the same, and draws it.
"""

import sys
from pathlib import Path

from sparselbm.case import Case
from sparselbm.flows import InternalFlowRun, InternalFlowSetup, SteadyRun
from sparselbm.results.internal_flow_writer import internal_flow_summary

SCENE = Path(__file__).parents[1] / "assets" / "manifold.usda"


def plan_of(voxel_size: float = 1.45e-3, device: str | None = None) -> InternalFlowSetup:
    """The flow on cells of a size [m]."""
    case = Case.open(SCENE).on_cells(voxel_size)
    return case.plan(case.read_scene(), device)


def manifold(plan: InternalFlowSetup, steady_run: SteadyRun | None = None) -> dict:
    """Flow rates and pressures at the openings, pressure drop, mass balance: the summary of a run."""
    flow = InternalFlowRun(
        plan, steady_run, on_progress=lambda steps, share, rate: print(f"{steps} {share:.4f} {rate:.0f} MLUPS")
    )
    return internal_flow_summary(plan, flow.run())


if __name__ == "__main__":
    plan = plan_of(*map(float, sys.argv[1:]))
    print(plan.headline)
    found = manifold(plan)
    for name, each in found["openings"].items():
        print(f"{name:<16} {each['flow_rate'] / found['flow_rate']:+.4f} of the flow  {each['pressure']:7.3f} Pa")
    print(f"pressure drop {found['pressure_drop']:.2f} Pa, mass balance {found['mass_balance']:+.2%}")
