"""The folder of `export_cases`, written once."""

import json

import pytest
from export_cases import DRAG, FEASIBLE, REFERENCE_FORCE, SCENE, Case, draw, linear_grids

from sparselbm.files.nvdb import write_nvdb
from sparselbm.files.write import append_csv
from sparselbm.scene.usd import Scene


@pytest.fixture(scope="session")
def case(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    (folder.parent / "box.usda").write_text(SCENE)
    points, lines = draw(folder, Scene.open(folder.parent / "box.usda"))
    grids = linear_grids()
    for grid in grids:
        write_nvdb(folder / f"{grid.name}.nvdb", grid)
    for number, (drag, feasible) in enumerate(zip(DRAG, FEASIBLE)):
        row = {
            "iteration": number,
            "objective": drag,
            "FixedVolume": 0.0,
            "feasible": feasible,
            "evaluations": number + 1,
        }
        append_csv(folder / "history.csv", {**row, "x": "0.0 0.1"})
    summary = {"obstacle": "/World/Body", "reference_force": REFERENCE_FORCE, "objective_best": 1.7}
    (folder / "summary.json").write_text(json.dumps(summary))
    return Case(folder, grids, points, lines)
