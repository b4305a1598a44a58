"""The command writes what it is asked for, touches nothing else, and refuses before it writes."""

import shutil
from fnmatch import fnmatch
from functools import partial
from importlib.util import find_spec

import pytest

from sparselbm.errors import MissingPackageError
from sparselbm.results import Results, formats
from sparselbm.results.formats import ExportFormat
from sparselbm.results.writer import OWNED

FORMATS = ["VDB", "NVDB", "VTKHDF", "AMR", "VTI", "VTP", "STL", "GLB", "FORCES", "SUMMARY"]
"""Formats that are written here; other libraries write .usdz, pictures and films."""


@pytest.fixture
def export(capsys):
    from sparselbm.cli.app import app
    from sparselbm.cli.exits import exit_code_of

    def run(*arguments):
        code = exit_code_of(partial(app, ["export", *map(str, arguments)], prog_name="sparselbm"))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_formats_lie_in_one_folder_and_the_results_stay(case, tmp_path, export):
    before = contents(case.folder)
    code, out, err = export(case.folder, "--to", "vdb, nvdb,vti,glb,usdz,csv,json", "--output", tmp_path / "out")
    assert code == 0, err
    names = {
        "fields.vdb", "velocity.nvdb", "pressure.nvdb", "fields.vti", "design.glb", "design.usdz", "forces.csv",
        "results.json",
    }
    assert set(contents(tmp_path / "out")) == names
    assert all(str(tmp_path / "out" / name) in out.replace("\n", "") for name in names)
    assert contents(case.folder) == before


def test_nothing_is_overwritten_unasked(case, tmp_path, export):
    (tmp_path / "forces.csv").write_text("mine")
    code, _, err = export(case.folder, "--to", "json,csv", "--output", tmp_path)
    assert (code, set(contents(tmp_path))) == (2, {"forces.csv"})
    assert "forces.csv: the file exists already; choose another folder, or pass --overwrite" in err.replace("\n", "")
    assert (tmp_path / "forces.csv").read_text() == "mine"
    code, _, err = export(case.folder, "--to", "json,csv", "--output", tmp_path, "--overwrite")
    assert code == 0, err
    assert (tmp_path / "forces.csv").read_text() != "mine"


def test_other_formats_and_folders_are_refused(case, tmp_path, export):
    code, _, err = export(case.folder, "--to", "vdb,obj", "--output", tmp_path / "out")
    assert code == 2
    shown = err.replace("\n", "")
    assert "--to 'obj': allowed are vdb, nvdb, vtkhdf, amr, vti, vtp, stl, glb, usdz, csv, json, png, mp4" in shown
    code, _, err = export(tmp_path / "nowhere", "--to", "csv")
    assert code == 2
    assert "no such folder; use the folder that `run` or `optimize` wrote" in err.replace("\n", "")
    shutil.copytree(case.folder, tmp_path / "sweep" / "wide")
    code, _, err = export(tmp_path / "sweep", "--to", "csv")
    assert code == 2
    assert "0 stages *_results.usda, limit 1; use one of" in err.replace("\n", "")
    code, _, err = export(case.folder, "--to", "csv", "--output", case.folder / "history.csv" / "out")
    assert code == 2
    assert "Error: " in err
    assert "Not a directory" in err
    assert not (tmp_path / "out").exists()


def test_an_interrupted_study_has_shapes_but_no_fields(case, tmp_path, export):
    """Its folder holds a stage and a history alone."""
    folder = tmp_path / "part"
    folder.mkdir()
    for name in ("box_results.usda", "box_layer.usdc", "history.csv"):
        shutil.copy(case.folder / name, folder / name)
    shutil.copy(case.folder.parent / "box.usda", tmp_path / "box.usda")
    code, _, err = export(folder, "--to", "glb,csv", "--output", tmp_path / "out")
    assert code == 0, err
    assert "drag_force" not in (tmp_path / "out" / "forces.csv").read_text()
    code, _, err = export(folder, "--to", "json,vti", "--output", tmp_path / "out")
    assert code == 2
    assert "velocity.nvdb and pressure.nvdb is missing; an interrupted study has shapes but no fields" in err.replace(
        "\n", ""
    )
    assert set(contents(tmp_path / "out")) == {"design.glb", "forces.csv"}


@pytest.mark.parametrize("name", FORMATS)
def test_every_export_is_removed_by_the_next_run_and_has_the_same_bytes_again(name, case, tmp_path):
    """Files of an earlier run would be mistaken for those of the new one."""
    each = getattr(formats, name)
    if any(find_spec(package) is None for package in each.packages):
        pytest.skip(f"{', '.join(each.packages)} are not installed")
    results = Results.open(case.folder)
    first, second = (each.write(results, tmp_path / folder) for folder in ("a", "b"))
    for one, other in zip(first, second, strict=True):
        assert any(fnmatch(f"export/{one.name}", pattern) for pattern in OWNED), one.name
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize(("packages", "words"), [
    (("no_such_package", "json"), "no_such_package, which is"),
    (("no_one", "json", "no_other"), "no_one and no_other, which are"),
    (("no_one", "no_other", "no_third"), "no_one, no_other and no_third, which are"),
])
def test_packages_that_are_missing_are_named_before_anything_is_written(packages, words, case, tmp_path):
    door = ExportFormat((("a.xyz", lambda results, path: path.write_text("a")),), packages, "pictures")
    with pytest.raises(MissingPackageError, match=rf"a.xyz needs {words} not installed: pip install 'sparselbm\[pictures\]'"):
        door.write(Results.open(case.folder), tmp_path / "out")
    assert not (tmp_path / "out").exists()
