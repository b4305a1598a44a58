"""The bunny in a tunnel: less drag at the same volume. `python examples/optimise_bunny.py [VOXEL_SIZE [FOLDER]]`"""

import sys
from pathlib import Path

from sparselbm.design import DesignProblem, ShapeVariables, grid_check
from sparselbm.design.optimizer import StoppingCriteria
from sparselbm.flows import WindTunnel
from sparselbm.geometry.deformation import FFD
from sparselbm.results import ResultsWriter
from sparselbm.scene.usd import Scene

voxel_size, folder = (*sys.argv[1:], *("0.1", "results/bunny")[len(sys.argv) - 1 :])
scene = Scene.open(Path(__file__).parents[1] / "assets" / "bunny_tunnel.usda")
setup = WindTunnel(voxel_size=float(voxel_size), reynolds=60).in_scene(scene)
problem = DesignProblem(setup, ShapeVariables(FFD((5, 3, 4), limit=0.25)), stop=StoppingCriteria(iterations=3))
results = ResultsWriter(folder, scene, setup, overwrite=True)
best = problem.minimize(results.add)
summary = results.finish(problem, best, grid_check(problem, best.x))
print(f"drag coefficient {summary['objective_first']:.3f} -> {summary['objective_best']:.3f}")
