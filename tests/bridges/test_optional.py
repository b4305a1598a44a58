"""PyTorch and JAX are optional: without them everything else works, and the bridges say what to install."""

import importlib
import subprocess
import sys

import pytest


@pytest.mark.parametrize(("package", "title"), [("torch", "PyTorch"), ("jax", "JAX")])
def test_a_missing_package_is_named_with_the_way_to_install_it(monkeypatch, package, title):
    monkeypatch.setitem(sys.modules, package, None)
    for module in (f"sparselbm.bridges.{package}",):
        monkeypatch.delitem(sys.modules, module, raising=False)
    with pytest.raises(ImportError, match=rf"{title}, which is not installed: pip install 'sparselbm\[{package}\]'"):
        importlib.import_module(f"sparselbm.bridges.{package}")


def test_nothing_else_imports_them():
    code = "import sys, sparselbm, sparselbm.adjoint; print('torch' in sys.modules, 'jax' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split()[-2:] == ["False", "False"]
