"""Sweeps over settings of a case, attributes of a scene and variants: folders, table, plot, continuation, refusals."""

import csv
import json

import pytest

from sparselbm.case import Case
from sparselbm.case.named_setting import NamedSetting
from sparselbm.case.parts import PARTS
from sparselbm.errors import CaseError
from sparselbm.scene.usd import Scene

QUICK = (
    "--voxel-size", 0.12, "--margins", "0.5,0.5,0.5", "--max-steps", 2, "--draw", "surface=pressure", "--draw", "volumes",
    "--device", "cpu",
)
CUBE = """#usda 1.0
( metersPerUnit = 1 )
def Cube "Body"
{
    double size = 1
    double3 xformOp:scale = (1, 1, 1)
    uniform token[] xformOpOrder = ["xformOp:scale"]
}
"""


@pytest.fixture
def cube(tmp_path):
    path = tmp_path / "cube.usda"
    path.write_text(CUBE)
    return path


@pytest.mark.validate
def test_a_sweep_combines_settings_and_attributes_and_can_be_continued(in_process, cube, tmp_path):
    given = ("run", cube, *QUICK, "--sweep", "/Body.size=1,1.2", "--sweep", "fluid:reynolds=20,40", "--output", "out")
    code, out, err = in_process(*given)
    assert code == 0, err
    with open(tmp_path / "out" / "sweep.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    labels = [f"size={size}_reynolds={reynolds}" for size in ("1", "1.2") for reynolds in ("20", "40")]
    assert [row["run"] for row in rows] == labels
    for row in rows:
        summary = json.loads((tmp_path / "out" / row["run"] / "summary.json").read_text())
        assert float(row["reynolds"]) == summary["reynolds"] == float(row["fluid:reynolds"])
        assert summary["size"] == pytest.approx([float(row["/Body.size"])] * 3)
        assert float(row["drag_coefficient"]) == summary["drag_coefficient"]
        drawn = Scene.open(tmp_path / "out" / row["run"] / "cube_results.usda").body("/Body_optimised")
        assert drawn.mesh.bounds[1, 0] == pytest.approx(0.5 * float(row["/Body.size"]))
    assert len({float(row["drag_coefficient"]) for row in rows}) == 4
    assert len({row["cells"] for row in rows}) == 1, "one box for all"
    assert (tmp_path / "out" / "sweep.png").stat().st_size > 5000

    code, out, err = in_process("export", "out", "--to", "dataset")
    assert code == 0, err
    for number, row in enumerate(rows, start=1):
        folder = tmp_path / "out" / "dataset" / f"run_{number}"
        names = (f"cube_{number}.stl", f"boundary_{number}.vtp", f"volume_{number}.vti")
        assert all((folder / name).stat().st_size > 500 for name in names)
        with open(folder / f"force_mom_{number}.csv", newline="") as file:
            assert next(csv.DictReader(file))["drag_coefficient"] == row["drag_coefficient"]
        with open(folder / f"geo_parameters_{number}.csv", newline="") as file:
            assert next(csv.DictReader(file)) == {name: row[name] for name in ("/Body.size", "fluid:reynolds")}

    lost = tmp_path / "out" / labels[2]
    (lost / "summary.json").unlink()
    (lost / "other.txt").write_text("the user's")
    before = {label: (tmp_path / "out" / label / "summary.json").stat().st_mtime_ns for label in labels if label != lost.name}
    code, out, err = in_process(*given)
    assert code == 0, err
    assert out.count("already run") == 3
    assert (lost / "other.txt").read_text() == "the user's"
    for label, time in before.items():
        assert (tmp_path / "out" / label / "summary.json").stat().st_mtime_ns == time
    with open(tmp_path / "out" / "sweep.csv", newline="") as file:
        again = list(csv.DictReader(file))
    assert [row["drag_coefficient"] for row in again] == [row["drag_coefficient"] for row in rows]

    code, out, err = in_process(*given, "--max-steps", 3)
    assert code == 0, err
    assert "already run" not in out, "another case"


@pytest.mark.parametrize(("given", "message"), [
    (("fluid:reynold=1,2",), "did you mean reynolds?"),
    (("fluids:reynolds=1,2",), "did you mean fluid?"),
    (("boundary:velocity=1,2",), "it must be boundary:xMin:NAME"),
    (("fluid:a:reynolds=1,2",), "it must be fluid:NAME"),
    (("boundary:yMid:kind=wall,slip",), "the case has no boundary 'yMid'; did you mean yMin?"),
    (("opening:/In:velocity=1,2",), "the case has no opening '/In'"),
    (("fluid:reynolds=1,x",), "'x': it must be a finite number"),
    (("fluid:reynolds=1,-1",), "it must be above 0"),
    (("fluid:reynolds=1,,2",), "separated by commas"),
    (("fluid:reynolds=1,1",), "given twice"),
    (("fluid:reynolds",), "separated by commas"),
    (("fluid:reynolds=1,2", "fluid:reynolds=3,4"), "sweep one of them"),
    (("/Body.sizes=1,2",), "there is no attribute 'sizes'; use one of size"),
    (("/Bodies.size=1,2",), "there is no prim '/Bodies'"),
    (("/Body.size=1,large",), "is of type double"),
    (("/Body:size=1,2",), "variant set"),
])
def test_sweeps_of_what_does_not_exist_are_refused(in_process, cube, tmp_path, given, message):
    code, _, err = in_process("run", cube, *QUICK, *(text for each in given for text in ("--sweep", each)), "--output", "out")
    assert code == 2
    assert message in err
    assert not (tmp_path / "out").exists()


def test_results_of_other_runs_are_not_replaced(in_process, cube, tmp_path):
    there = tmp_path / "out" / "reynolds=2"
    there.mkdir(parents=True)
    (there / "mine.txt").write_text("the user's")
    code, _, err = in_process("run", cube, *QUICK, "--sweep", "fluid:reynolds=1,2", "--output", "out")
    assert code == 2
    assert "already has 1 entries" in err
    assert not (tmp_path / "out" / "reynolds=1").exists()


def test_every_setting_has_a_name_and_takes_its_own_value(cube):
    case = Case.open(cube)
    for part in PARTS:
        if part.instances == ():
            for name, known in part.entries().items():
                setting = NamedSetting.of(f"{part.space}:{name}")
                assert str(setting) == f"{part.space}:{name}"
                if known.allowed and known.default in known.allowed and not known.only:
                    setting.within(case, known.default)
    assert NamedSetting.of("stream:velocity").within(case, "2,0,0").tunnel.velocity == 2.0
    assert NamedSetting.of("boundary:yMin:kind").within(case, "wall").boundary["yMin"].kind == "wall"
    thick = NamedSetting.of("fluid:viscosity").within(case, "0.5")
    dynamic = NamedSetting.of("fluid:dynamicViscosity").within(thick, "0.2")
    assert (dynamic.fluid.viscosity, dynamic.fluid.dynamic_viscosity) == (None, 0.2)
    assert NamedSetting.of("fluid:viscosity").within(dynamic, "0.5").fluid == thick.fluid
    with pytest.raises(CaseError, match="must be above 0"):
        NamedSetting.of("fluid:viscosity").within(case, "0")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("fluid:reynolds=1,2", "Reynolds number"),
        ("domain:voxelSize=1,2", "voxel size [m]"),
        ("stream:yaw=0,5", "yaw [degrees]"),
        ("opening:/Tube/In:velocity=1;2", "velocity of In [m/s]"),
        ("/Wing.xformOp:rotateY=0,5", "rotateY of Wing [degrees]"),
        ("/Car:slant=low,high", "slant"),
    ],
)
def test_axes_name_what_is_swept_in_words(name, label):
    from sparselbm.cli.sweep import _swept

    assert _swept(name, None).label == label
