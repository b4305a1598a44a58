"""Fields, regions and times of results that a case names, and refusals before the run."""

import numpy as np
import pytest
from cli_cases import scene_of

from sparselbm.case import Case
from sparselbm.errors import CaseError
from sparselbm.files.read_nvdb import read_nvdb
from sparselbm.geometry import TriangleMesh
from sparselbm.results import Results
from sparselbm.scene.usd import prim_bounds

COARSE = (
    "--voxel-size", "0.125", "--reynolds", "60", "--lattice-velocity", "0.1", "--margins", "0.8,1,0.8", "--device", "cpu",
    "--output", "out", "--duration", "0.05", "--draw", "slice", "--draw", "surface", "--draw", "volumes",
)

REGION = """
def Cube "Region"
{
    uniform token purpose = "guide"
    double size = 1
    double3 xformOp:translate = (1, 0, 0)
    uniform token[] xformOpOrder = ["xformOp:translate"]
}
"""


@pytest.fixture
def ball(tmp_path):
    """A ball of 1 m, and a box of 1 m behind it that only marks a region."""
    path = scene_of(tmp_path / "ball.usda", {"Ball": TriangleMesh.sphere(0.5, subdivisions=2)})
    with path.open("a") as file:
        file.write(REGION)
    return path


def test_named_fields_of_a_region_at_some_times(ball, in_process, tmp_path):
    assert prim_bounds(ball, "/Region", "here") == pytest.approx(np.array([[0.5, -0.5, -0.5], [1.5, 0.5, 0.5]]))
    code, _, said = in_process(
        "run", ball, *COARSE, "--output-every", "0.025", "--fields", "total_pressure", "--fields", "y_plus",
        "--volume-prim", "/Region", "--volumes-every", "0.05",
    )
    assert code == 0, said
    folder = tmp_path / "out"
    names = {path.name for path in folder.glob("total_pressure*")}
    assert names == {f"total_pressure{number}.nvdb" for number in ("", "_0000", "_0002")}
    part = read_nvdb(folder / "total_pressure_0002.nvdb")
    assert part.mask.sum() == 8 * 8 * 8
    results = Results.open(folder)
    assert len(results.times) == 3
    assert results.frames == (0, 2)
    assert [grid.name for grid in results.frame(2)] == ["velocity", "pressure", "total_pressure", "solid"]
    assert "total_pressure" in [grid.name for grid in results.grids]
    assert len(results.grids[0].tiles) > len(part.tiles)
    assert (folder / "slice.png").is_file()
    velocity, pressure, total = (grid.values for grid in results.grids[:3])
    density = results.summary["run"]["density"]
    assert total == pytest.approx(pressure + 0.5 * density * (velocity**2).sum(axis=-1), abs=1e-4)


@pytest.mark.parametrize(
    ("given", "part"),
    [
        (("--fields", "presure"), "has 'presure': allowed are speed, velocity_x"),
        (("--volumes-every", "0.05"), "outputEvery is missing"),
        (("--output-every", "0.02", "--volumes-every", "0.05"), "not a multiple of"),
        (("--volume-prim", "/Nothing"), "has no such prim"),
    ],
)
def test_what_cannot_be_stored_is_refused_before_the_run(ball, in_process, tmp_path, given, part):
    code, _, said = in_process("run", ball, *COARSE, *given)
    assert code == 2
    assert part in " ".join(said.split())
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["pressure", "solid", "vorticity", "mean_velocity"])
def test_a_scalar_with_the_name_of_another_field_is_refused(ball, in_process, tmp_path, name):
    """Its file would replace that of the field."""
    case = tmp_path / "case.toml"
    case.write_text(f'[scene]\nfile = "ball.usda"\n\n[scalar.{name}]\ndiffusivity = 0.1\n')
    code, _, said = in_process("run", case, *COARSE)
    assert code == 2
    assert f"scalar.{name}.diffusivity: the scalar '{name}' has the name of another field" in " ".join(said.split())


def test_a_region_outside_of_the_domain_and_half_a_region_are_refused(ball, in_process, tmp_path):
    case = tmp_path / "case.toml"
    case.write_text('[scene]\nfile = "ball.usda"\n[output]\nvolumeLower = [50, 0, 0]\nvolumeUpper = [51, 1, 1]\n')
    code, _, said = in_process("run", case, *COARSE)
    assert code == 2
    assert "in common with the domain" in " ".join(said.split())
    case.write_text('[scene]\nfile = "ball.usda"\n[output]\nvolumeLower = [50, 0, 0]\n')
    with pytest.raises(CaseError, match="volumeUpper is missing"):
        Case.open(case)
