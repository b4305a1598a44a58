"""Registers and spills of CUDA kernels, with a script in place of NVIDIA's assembler, which is not a dependency."""

import json
from importlib.util import find_spec
from itertools import product
from pathlib import Path

import pytest

from sparselbm.bench import register_report, registers
from sparselbm.bench.registers import ARCHITECTURES, AssemblyError, find_ptxas, read_report
from sparselbm.errors import MissingPackageError
from sparselbm.lattice import D3Q19
from sparselbm.models.collision import BGK

REPORT = """ptxas info    : 4076 bytes gmem, 3136 bytes cmem[3]
ptxas info    : Compiling entry function 'kernel_cuda_kernel_forward' for 'sm_80'
ptxas info    : Function properties for kernel_cuda_kernel_forward
    72 bytes stack frame, 64 bytes spill stores, 60 bytes spill loads
ptxas info    : Used 255 registers, used 1 barriers, 72 bytes cumulative stack size, 1464 bytes cmem[0]
ptxas info    : Compile time = 96.313 ms
"""
TABLE = Path(__file__).parents[2] / "benchmarks" / "results" / "2026-11-30-cuda-registers.json"


@pytest.fixture
def assembler(tmp_path, monkeypatch):
    """A function that puts a shell script on the PATH under the name of ptxas; the PTX is its last argument."""

    def install(script: str) -> None:
        path = tmp_path / "ptxas"
        path.write_text(f"#!/bin/sh\nfor ptx; do :; done\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        monkeypatch.setattr(registers, "find_spec", lambda name: None)
        monkeypatch.setattr(registers, "_MODELS", ((D3Q19, BGK()),))

    return install


def test_report_of_the_assembler_is_read():
    assert read_report(REPORT) == {"registers": 255, "spill_stores": 64, "spill_loads": 60, "stack": 72}
    with pytest.raises(AssemblyError, match="no registers in ptxas's report 'ptxas info'"):
        read_report("ptxas info")


def test_every_kernel_is_assembled(assembler):
    """Step and adjoint in both precisions; the assembler receives text that ends with the last line of PTX."""
    assembler(f'tail -c 3 "$ptx" | grep -q "}}" || test "$1" = --version || exit 3\necho "V13.4.1\n{REPORT}"')
    told = []
    report = register_report([80], on_row=told.append)
    assert (report.ptxas, report.rows) == ("13.4.1", tuple(told))
    assert {(row.kernel, row.precision, row.architecture) for row in report.rows} == {
        (f"{kernel}, BGK, D3Q19", precision, "sm_80")
        for kernel, precision in product(("step", "adjoint step"), ("float32", "float64"))
    }
    assert {(row.registers, row.stack) for row in report.rows} == {(255, 72)}
    assert json.loads(json.dumps(report.to_json()))["rows"][0]["spill_stores"] == 64


def test_missing_assembler(monkeypatch):
    monkeypatch.setattr(registers, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingPackageError, match=r"neither installed as a package nor on the PATH: pip install 'sparselbm\[reg"):
        register_report()


def test_old_assembler(assembler):
    assembler('test "$1" = --version && exit 0\necho "Unsupported .version 9.4" >&2\nexit 255')
    with pytest.raises(AssemblyError, match=r"ptxas returned 255: Unsupported \.version 9\.4; it must be as new as Warp's"):
        register_report([80])


def test_committed_table():
    """The kernels of the table are those of the report, and no kernel in fp32 spills."""
    rows = json.loads(TABLE.read_text())["rows"]
    kernels = [(name, kernel.precision.__name__) for name, kernel in registers._kernels()]
    known = [(*kernel, f"sm_{architecture}") for kernel, architecture in product(kernels, ARCHITECTURES)]
    assert [(row["kernel"], row["precision"], row["architecture"]) for row in rows] == known
    assert not [row for row in rows if row["precision"] == "float32" and row["spill_stores"] + row["spill_loads"]]


@pytest.mark.nvrtc
@pytest.mark.skipif(find_spec("nvidia") is None, reason="needs pip install 'sparselbm[registers]'")
def test_assembler_of_nvidia(monkeypatch):
    """The real assembler; a step needs registers for its 19 populations at least."""
    monkeypatch.setattr(registers, "_MODELS", ((D3Q19, BGK()),))
    assert find_ptxas().exists()
    assert all(19 < row.registers <= 255 for row in register_report([90]).rows)
