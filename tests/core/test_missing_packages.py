"""A package that is missing is named in one form, with the command that installs it."""

import sys

import pytest

from sparselbm.design.optimizer.nlopt_solver import require_nlopt
from sparselbm.errors import MissingPackageError
from sparselbm.scene.images.storage import Storage
from sparselbm.scene.images.tiff import read
from sparselbm.scene.usd import Scene


@pytest.mark.parametrize(("module", "use", "words"), [
    (
        "nlopt", lambda folder: require_nlopt("MMA"),
        r"^MMA needs NLopt, which is not installed: pip install 'sparselbm\[nlopt\]'$",
    ),
    (
        "PIL", lambda folder: read(folder / "a.tif", Storage()),
        r"a.tif: reading .tif needs Pillow, which is not installed: pip install 'pillow'$",
    ),
    (
        "trimesh", lambda folder: Scene.open(folder / "a.stl"),
        r"a.stl: reading .stl needs trimesh, which is not installed: pip install 'trimesh'$",
    ),
], ids=["nlopt", "PIL", "trimesh"])
def test_a_missing_package_is_named_with_the_command_that_installs_it(module, use, words, tmp_path, monkeypatch):
    (tmp_path / "a.stl").write_text("solid a\nendsolid a\n")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingPackageError, match=words):
        use(tmp_path)
