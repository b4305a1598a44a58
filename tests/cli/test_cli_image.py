"""Permeability of a voxel image from the command line, a stage and a TOML file, and what is refused."""

import json

import numpy as np
import pytest
from case_settings import with_settings
from killed_runs import KilledError, kill_after, results_in

from sparselbm import Case
from sparselbm.flows import Flow
from sparselbm.results.stage import validate_stage

DARCY = 11.54
"""Permeability of a duct of 6 x 6 voxels of 5 um through an image of 10^3."""
HEAD = "#usda 1.0\n(\n    metersPerUnit = 0.01\n    upAxis = \"Y\"\n)\n"


@pytest.fixture
def rock(tmp_path):
    values = np.ones((10, 10, 10), np.uint8)
    values[:, 2:8, 2:8] = 0
    values[0, 0, 0] = 0
    np.save(tmp_path / "rock.npy", values)
    values.T.tofile(tmp_path / "rock.raw")
    return tmp_path / "rock.npy"


def test_a_case_runs_and_a_file_and_a_stage_describe_the_same_run(in_process, rock, tmp_path, device):
    (tmp_path / "stage.usda").write_text(HEAD + """
def Scope "Rock" (prepend apiSchemas = ["SparselbmImageAPI", "SparselbmDomainAPI"])
{
    uniform string sparselbm:image:file = "rock.npy"
    uniform int[] sparselbm:image:pore = [0]
    uniform token sparselbm:image:axes = "xyz"
    uniform double sparselbm:domain:voxelSize = 5e-6
}
""")
    (tmp_path / "case.toml").write_text('[image]\nfile = "rock.npy"\npore = [0]\naxes = "xyz"\n[domain]\nvoxelSize = 5e-6\n')
    code, out, err = in_process("run", "case.toml", "--device", device, "--draw", "slice")
    assert code == 0, err
    found = json.loads((tmp_path / "results" / "case" / "summary.json").read_text())
    along = found["axes"]["x"]
    assert found["converged"]
    assert along["permeability_darcy"] == pytest.approx(DARCY, rel=0.04)
    assert along["error"] > abs(along["permeability"] - 11.39e-12)
    assert found["axes"]["y"]["permeability"] == 0.0
    for text in (
        f"{along['permeability_darcy']:.4g} +- ", "porosity        36.10%; connected along x 36.00%, y none, z none",
        "0.28% of the pores are not connected", "permeability along y          0, since no path of pores leads along it",
        "tensor, row x [darcy]",
    ):
        assert text in out
    assert validate_stage(next((tmp_path / "results" / "case").glob("*_results.usda"))) == []
    case, stage = (Case.open(tmp_path / name) for name in ("case.toml", "stage.usda"))
    assert case.image == stage.image
    assert stage.read_scene().up_axis == "Y"
    one, other = (each.setup(each.read_scene(), device) for each in (case, stage))
    assert one.options == other.options
    assert np.array_equal(one.pores.pore, other.pores.pore)


def test_inspect_tells_porosity_order_of_axes_and_widths_and_runs_nothing(in_process, rock, tmp_path, device):
    code, out, err = in_process(
        "inspect", "rock.raw", "--shape", "10,10,10", "--voxel-size", "5e-6", "--threshold", "0.5", "--json", "seen.json",
        "--device", device,
    )
    assert code == 0, err
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert seen["porosity"] == pytest.approx(0.361)
    assert seen["connected_porosity"] == {"x": 0.36, "y": 0.0, "z": 0.0}
    assert (seen["typical_width"], seen["narrowest_width"]) == (6.0, 6)
    read_as = "indices of the stored array run along z, y, x (x varies fastest); pore where the value is below 0.5"
    assert seen["read_as"] == read_as
    assert seen["read_as"] in out
    assert not (tmp_path / "results").exists()


def test_init_writes_a_case_for_an_image(in_process, rock, tmp_path, device):
    assert in_process("init", "rock.npy")[0] == 0
    case = tmp_path / "rock_case.toml"
    with_settings(case, {"image:pore": (0,), "domain:voxelSize": 5e-6})
    code, out, err = in_process("inspect", case, "--device", device)
    assert code == 0, err
    assert "connected along x 36.00%" in out


@pytest.mark.parametrize(("arguments", "words"), [
    (("rock.npy", "--pore", "0"), "domain.voxelSize is missing: .npy files do not store the edge of a voxel"),
    (("rock.npy", "--voxel-size", "1e-6"), "image.pore: the voxels have the values 0 (36.1%), 1 (63.9%)"),
    (("rock.npy", "--voxel-size", "1e-6", "--pore", "7"), "no voxel has the pore label 7"),
    (("rock.npy", "--voxel-size", "1e-6", "--pore", "0", "--axes", "y"), "no path of pores connects the faces across it"),
    (("rock.npy", "--voxel-size", "1e-6", "--pore", "0", "--threshold", "1"), "--pore and --threshold exclude each other"),
    (("rock.npy", "--voxel-size", "1e-6", "--pore", "0", "--crop-to", "20,1,1"), "beyond its (10, 10, 10) voxels"),
    (("rock.npy", "--voxel-size", "1e-6", "--pore", "0", "--reynolds", "10"), "fluid.reynolds is 10.0, but the flow through the"),
    (("rock.npy", "--voxel-size", "1e-6", "--pore", "0", "--velocity", "2"), "stream.velocity is (2.0, 0.0, 0.0)"),
    (("rock.npy", "--voxel-size", "1e-6", "--pore", "0", "--duration", "2"), "time.duration is 2.0"),
    (("rock.raw", "--voxel-size", "1e-6"), "rock.raw: a .raw file has no header, and has 1,000 bytes"),
    (("box.stl", "--pore", "0"), "image.pore is set, but box.stl is no image"),
])
def test_what_does_not_fit_an_image_is_refused_before_the_run(in_process, rock, tmp_path, arguments, words, device):
    (tmp_path / "box.stl").write_text("solid box\nendsolid box\n")
    code, _, err = in_process("run", *arguments, "--device", device)
    assert code == 2
    assert words in err
    assert not (tmp_path / "results").exists()


def test_shapes_of_images_are_not_optimised(in_process, rock, device):
    code, _, err = in_process("optimize", "rock.npy", "--voxel-size", "1e-6", "--device", device)
    assert code == 2
    assert "image.pore" in err


@pytest.mark.parametrize(
    ("share", "left"), [
        pytest.param(0.1, 4, marks=pytest.mark.validate), pytest.param(0.4, 3, marks=pytest.mark.validate), (0.6, 2),
        pytest.param(0.9, 1, marks=pytest.mark.validate),
    ],
    ids=["first axis", "its second run", "second axis", "last run"],
)
def test_an_interrupted_run_repeats_no_finished_flow_and_ends_with_the_same_bits(
    share, left, in_process, tmp_path, device, monkeypatch
):
    """Two axes, each with a second run for the error."""
    values = np.ones((8, 8, 8), np.uint8)
    values[:, 2:6, 2:6] = values[2:6, :, 2:6] = 0
    np.save(tmp_path / "rock.npy", values)
    run, ran = Flow.run_to_steady, []
    monkeypatch.setattr(Flow, "run_to_steady", lambda *own, **more: (ran.append(1), run(*own, **more))[1])
    arguments = (
        "run", "rock.npy", "--voxel-size", "5e-6", "--pore", "0", "--axes", "xyz", "--device", device, "--draw", "slice",
        "--output", "out", "--restart-every", "1e-9", "--max-steps", "60", "--error-estimate", "viscosity",
    )
    written = kill_after(monkeypatch, 0)
    code, out, err = in_process(*arguments)
    assert code == 0, err
    assert len(ran) == 4
    table, whole = out[out.index("permeability along x"):].partition("time spent")[0], results_in(tmp_path / "out")
    kill_after(monkeypatch, max(1, round(share * len(written))))
    with pytest.raises(KilledError):
        in_process(*arguments, "--overwrite")
    kill_after(monkeypatch, 0)
    values[0, 2, 2] = 1
    np.save(tmp_path / "rock.npy", values)
    code, _, err = in_process(*arguments, "--resume")
    assert (code, "pores of the image is" in err) == (2, True)
    values[0, 2, 2] = 0
    np.save(tmp_path / "rock.npy", values)
    ran.clear()
    code, out, err = in_process(*arguments, "--resume")
    assert code == 0, err
    assert len(ran) == left
    assert table in out
    assert results_in(tmp_path / "out") == whole
    assert "is finished" in in_process(*arguments, "--resume")[1]
