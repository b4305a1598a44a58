"""Drag of a body on a road by the slant of its tail. `python examples/ahmed_slants.py [FOLDER [VOXEL_SIZE]]`

The body of Ahmed, Ramm & Faltin 1984 without its stilts, in a Z-up stage of centimetres that carries its whole case; the slants
are a variant set. Re = u W / nu is 200, a laminar flow, in which the slant matters less than at the experiments' 700,000. The
same on the command line:

    sparselbm run assets/ahmed_road.usda --sweep /World/Body:slant
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sparselbm.case import Case
from sparselbm.flows import WindTunnelSetup
from sparselbm.results import ResultsWriter

SCENE = Path(__file__).parents[1] / "assets" / "ahmed_road.usda"
SLANTS = ("deg_0", "deg_15", "deg_25", "deg_35")


def drags(
    slants: Sequence[str] = SLANTS, folder: str | None = None, voxel_size: float = 0.025, tolerance: float = 1e-3,
    device: str | None = None,
) -> dict[str, float]:
    """Force along the flow [N] of each; `folder`: for their results; `tolerance`: of a flow that counts as at rest."""
    found = {}
    for slant in slants:
        case = Case.open(SCENE, variants={"/World/Body:slant": slant}).on_cells(voxel_size)
        case = replace(case, solver=replace(case.solver, tolerance=tolerance))
        scene = case.read_scene()
        setup = case.setup(scene, device)
        assert isinstance(setup, WindTunnelSetup)
        flow = setup.build()
        drag = flow.run_to_steady(steady_run=case.steady_run(setup)).value
        found[slant] = drag * setup.reference_force
        if folder:
            ResultsWriter(Path(folder) / slant, scene, setup, overwrite=True).finish_run(flow, drag)
    return found


if __name__ == "__main__":
    folder, voxel_size = (*sys.argv[1:], *("results/ahmed", "0.025")[len(sys.argv) - 1 :])
    for slant, force in drags(folder=folder, voxel_size=float(voxel_size)).items():
        print(f"{slant:7} {force:.5f} N")
