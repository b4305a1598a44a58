"""Registers and spills of the CUDA kernels, as NVIDIA's assembler reports them; no GPU is needed."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from itertools import product
from pathlib import Path

import warp as wp

from ..backends import CUDA
from ..errors import MissingPackageError, SparselbmError
from ..kernels.adjoint import GradientTargets, adjoint_kernel
from ..kernels.context import Target
from ..kernels.step import step_kernel
from ..kernels.tile_kernel import TileKernel
from ..lattice import D3Q19, D3Q27
from ..models.collision import BGK, TRT, Cumulant
from ..models.physics import Physics, TileClass

ARCHITECTURES = (80, 90, 100)
"""Compute capabilities, times 10, of A100, H100 and B200."""

_MODELS = ((D3Q19, BGK()), (D3Q19, TRT()), (D3Q27, BGK()), (D3Q27, TRT()), (D3Q27, Cumulant()))
_FLUID = TileClass(walls=False, solid=False)
_REPORT = re.compile(
    r"(?P<stack>\d+) bytes stack frame, (?P<stores>\d+) bytes spill stores, (?P<loads>\d+) bytes spill loads"
    r".*?Used (?P<registers>\d+) registers", re.DOTALL
)  # fmt: skip


class AssemblyError(SparselbmError, RuntimeError):
    """NVIDIA's assembler rejects a kernel."""


@dataclass(frozen=True)
class RegisterUse:
    """Resources of one CUDA kernel, per thread, that is per cell."""

    kernel: str
    """Kernel, collision model and lattice, such as "adjoint step, TRT, D3Q19"."""
    precision: str
    """Number type: "float32" or "float64"."""
    architecture: str
    """Target, such as "sm_80"."""
    registers: int
    """Number of 32-bit registers; 255 is the most that a thread can have."""
    spill_stores: int
    """Bytes stored to local memory because registers do not suffice."""
    spill_loads: int
    """Bytes loaded again from there."""
    stack: int
    """Size of the stack frame [bytes], spilled values included."""


@dataclass(frozen=True)
class RegisterReport:
    """Resources of the kernels, and the compilers that chose them."""

    warp: str
    """Version of Warp, whose NVRTC compiles to PTX."""
    ptxas: str
    """Version of the assembler."""
    rows: tuple[RegisterUse, ...]

    def to_json(self) -> dict:
        """Returns the report for JSON, with the names of the fields."""
        return asdict(self)


def register_report(
    architectures: Sequence[int] = ARCHITECTURES, on_row: Callable[[RegisterUse], None] | None = None
) -> RegisterReport:
    """Registers and spills of the step and its adjoint in tiles of fluid cells; about a minute for three architectures.

    NVRTC, which is part of Warp, compiles each kernel to PTX, and `ptxas` assembles it. Raises MissingPackageError without
    `ptxas`, and AssemblyError where it rejects a kernel, for instance because it is older than Warp's NVRTC.
    """
    assembler, rows = find_ptxas(), []
    with tempfile.TemporaryDirectory() as folder:
        for (name, kernel), architecture in product(_kernels(), architectures):
            precision = kernel.precision.__name__
            rows.append(RegisterUse(name, precision, f"sm_{architecture}", **_assembled(kernel, architecture, assembler, folder)))
            if on_row is not None:
                on_row(rows[-1])
    return RegisterReport(wp.__version__, _version(assembler), tuple(rows))


def _kernels() -> Iterator[tuple[str, TileKernel]]:
    for precision, (lattice, collision) in product((wp.float32, wp.float64), _MODELS):
        physics, target = Physics(lattice, collision), Target(precision, CUDA)
        model = f"{type(collision).__name__}, {lattice!r}"
        yield f"step, {model}", step_kernel(physics, _FLUID, target)
        yield f"adjoint step, {model}", adjoint_kernel(physics, _FLUID, target, GradientTargets())


def find_ptxas() -> Path:
    """NVIDIA's assembler: that of the package `nvidia-cuda-nvcc`, or the one on the PATH. Raises MissingPackageError."""
    wheels = find_spec("nvidia")
    places = wheels.submodule_search_locations if wheels is not None else None
    found = sorted(path for place in places or () for path in Path(place).glob("*/bin/ptxas*"))
    on_path = shutil.which("ptxas")
    if on_path is not None:
        found.append(Path(on_path))
    if not found:
        raise MissingPackageError(
            "registers and spills are reported by NVIDIA's assembler ptxas, which is neither installed as a package nor on the "
            "PATH: pip install 'sparselbm[registers]'"
        )
    return found[0]


def _version(assembler: Path) -> str:
    printed = subprocess.run([assembler, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"V(\d+[.\d]*)", printed)
    return found[1] if found is not None else printed.strip()


def _assembled(kernel: TileKernel, architecture: int, assembler: Path, folder: str) -> dict[str, int]:
    (ptx,) = wp.compile_aot_module(
        kernel.launchable.module, arch=[architecture], module_dir=folder, use_ptx=True, strip_hash=True
    )
    ptx.write_bytes(ptx.read_bytes().rstrip(b"\0"))  # ptxas takes the final zero byte for more text.
    done = subprocess.run(
        [assembler, "--verbose", f"--gpu-name=sm_{architecture}", f"--output-file={ptx.with_suffix('.cubin')}", ptx],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    report = done.stdout + done.stderr
    if done.returncode:
        raise AssemblyError(
            f"{assembler} returned {done.returncode}: {report.strip()}; it must be as new as Warp's NVRTC: "
            "pip install --upgrade 'sparselbm[registers]'"
        )
    return read_report(report)


def read_report(report: str) -> dict[str, int]:
    """Registers, spills and stack frame in the report of `ptxas --verbose` on one kernel. Raises AssemblyError."""
    found = _REPORT.search(report)
    if found is None:
        raise AssemblyError(
            f"no registers in ptxas's report {report.strip()!r}: it must be that of CUDA 13; pip install 'sparselbm[registers]'"
        )
    stack, stores, loads, registers = (int(found[name]) for name in ("stack", "stores", "loads", "registers"))
    return {"registers": registers, "spill_stores": stores, "spill_loads": loads, "stack": stack}
