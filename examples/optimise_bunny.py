"""The bunny in a tunnel: less drag at the same volume. `python examples/optimise_bunny.py [VOXEL_SIZE [FOLDER]]`"""

import sys
from pathlib import Path

from sparselbm import DragProblem, DragStudy, Scene, StudyFolder, Tunnel, on_second_grid
from sparselbm.geometry import FFD
from sparselbm.optimize import Stop

voxel_size, folder = (*sys.argv[1:], *("0.1", "results/bunny")[len(sys.argv) - 1 :])
scene = Scene.open(Path(__file__).parents[1] / "assets" / "bunny_tunnel.usda")
plan = Tunnel(voxel_size=float(voxel_size), reynolds=60).in_scene(scene)
study = DragStudy(deformation=FFD((5, 3, 4), limit=0.25), stop=Stop(iterations=3))
problem, results = DragProblem(study, plan), StudyFolder(folder, scene, plan, overwrite=True)
best = problem.minimize(results.add)
summary = results.finish(problem, best, on_second_grid(problem, best.x))
print(f"drag coefficient {summary['drag_coefficient_first']:.3f} -> {summary['drag_coefficient_best']:.3f}")
