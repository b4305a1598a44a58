"""Blood through a tree of vessels that fills under 3 % of its box. `python examples/vessel_tree.py [VOXEL_SIZE]`

    r_0^3 = r_1^3 + r_2^3  at each of three forks one behind the other, from 2 mm to eight ends of 1 mm

The scene holds the case: /World/Vessels has the role fluidVolume, its caps are an inlet and eight outlets. Laminar flow enters at
0.1 m/s; all outlets have one pressure, so that by symmetry an eighth leaves through each.
`sparselbm run assets/vessel_tree.usda` does the same, and draws it.
"""

import sys
from pathlib import Path

from sparselbm.case import Case
from sparselbm.flows import InternalFlowSetup, SteadyRun
from sparselbm.results.internal_flow_writer import internal_flow_summary

SCENE = Path(__file__).parents[1] / "assets" / "vessel_tree.usda"


def setup_of(voxel_size: float = 0.08e-3, device: str | None = None) -> InternalFlowSetup:
    """The flow on cells of a size [m]."""
    case = Case.open(SCENE).on_cells(voxel_size)
    setup = case.setup(case.read_scene(), device)
    assert isinstance(setup, InternalFlowSetup)
    return setup


def tree(setup: InternalFlowSetup, steady_run: SteadyRun | None = None) -> dict:
    """Flow rates and pressures at the openings, pressure drop, mass balance: the summary of a run."""
    flow = setup.build()
    flow.on_progress = lambda phase, steps, share, speed: print(f"{steps} {share:.4f} {speed:.0f} MLUPS")
    flow.run_to_steady(steady_run=steady_run)
    return internal_flow_summary(setup, flow.ports)


if __name__ == "__main__":
    setup = setup_of(*map(float, sys.argv[1:]))
    print(f"{setup.headline}; its tiles {setup.tile_share:.1%}")
    found = tree(setup)
    for name, each in found["openings"].items():
        share = each["flow_rate"] / found["flow_rate"]
        print(f"{name:<16} {each['flow_rate']:+.3e} m^3/s ({share:+.4f})  {each['pressure']:7.3f} Pa")
    print(f"pressure drop {found['pressure_drop']:.2f} Pa, mass balance {found['mass_balance']:+.2%}")
