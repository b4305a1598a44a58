"""The folders of `export_cases`, written once."""

import json

import pytest
from export_cases import DRAG, FEASIBLE, REFERENCE_FORCE, SCENE, Case, draw, draw_each_flow, linear_grids

from sparselbm.files.nvdb import write_nvdb
from sparselbm.files.write import append_csv
from sparselbm.results import Results
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


@pytest.fixture(scope="session")
def each_flow(tmp_path_factory):
    """Results in which the flows around the first and the third of three designs were drawn."""
    folder = tmp_path_factory.mktemp("flows")
    (folder / "box.usda").write_text(SCENE)
    draw_each_flow(folder / "out", Scene.open(folder / "box.usda"))
    for number in range(3):
        row = {"iteration": number, "objective": 2.0 - number, "feasible": 1}
        append_csv(folder / "out" / "history.csv", row)
    return Results.open(folder / "out")
