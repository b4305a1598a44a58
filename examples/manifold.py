"""Oil from one inlet through a header into four runners, the inside of a prim. `python examples/manifold.py [CELLS]`

The scene holds the case: /World/Manifold has the role inside, its caps are an inlet (laminar, 0.2 m/s, Re 60) and four outlets
at one pressure. As the header loses its fluid to the runners it slows down and regains pressure, so that the runners at
its far end get more than the first one (Acrivos, Babcock & Pigford, Chem. Eng. Sci. 10 (1959) 112).
`sparselbm run assets/manifold.usda` does the same, and draws it.
"""

import sys
from dataclasses import replace
from pathlib import Path

from sparselbm import Case
from sparselbm.settle import Settle
from sparselbm.vessel import VesselPlan
from sparselbm.vessel_flow import VesselFlow
from sparselbm.vessel_results import summary_of

SCENE = Path(__file__).parents[1] / "assets" / "manifold.usda"


def plan_of(cells: float = 12.0, device: str | None = None) -> VesselPlan:
    """The flow with so many cells across the narrowest opening."""
    case = Case.open(SCENE)
    plan = case.plan(case.read_scene(), device)
    finer = replace(case.domain, voxel_size=plan.voxel_size * plan.cells_across / cells)
    return replace(case, domain=finer).plan(case.read_scene(), device)


def manifold(plan: VesselPlan, settle: Settle | None = None) -> dict:
    """Flow rates and pressures at the openings, pressure drop, mass balance: the summary of a run."""
    flow = VesselFlow(plan, settle, on_progress=lambda steps, share, rate: print(f"{steps} {share:.4f} {rate:.0f} MLUPS"))
    return summary_of(plan, flow.run())


if __name__ == "__main__":
    plan = plan_of(float(sys.argv[1]) if sys.argv[1:] else 12.0)
    print(plan.headline)
    found = manifold(plan)
    for name, each in found["openings"].items():
        print(f"{name:<16} {each['flow_rate'] / found['flow_rate']:+.4f} of the flow  {each['pressure']:7.3f} Pa")
    print(f"pressure drop {found['pressure_drop']:.2f} Pa, mass balance {found['mass_balance']:+.2%}")
