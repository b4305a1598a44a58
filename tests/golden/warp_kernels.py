"""Every kernel factory of the package, found in the source: a new one needs no entry in a list."""

import ast
from importlib import import_module
from inspect import signature
from itertools import product
from pathlib import Path

import warp as wp

import sparselbm

ROOT = Path(sparselbm.__file__).parent

EXCLUDED = {"sparselbm.bench.memory_copy", "sparselbm.kernels.tile_kernel"}
"""The first is launched on the CPU only; the second holds the traced kernels, whose texts are those of `golden_kernels`."""


def decorated(decorator: str) -> list[tuple[str, str]]:
    """Module and name of each outermost function that has this decorator, or contains a function that has it."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if f"@{decorator}" in text:
            module = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
            nodes = [x for x in ast.parse(text).body if any(_has(y, decorator) for y in ast.walk(x))]
            found += [(module, node.name) for node in nodes if isinstance(node, ast.FunctionDef)]
    return found


def _has(node: ast.AST, decorator: str) -> bool:
    return decorator in [ast.unparse(x).partition("(")[0] for x in getattr(node, "decorator_list", ())]


WARP_FACTORIES = [(module, name) for module, name in decorated("wp.kernel") if module not in EXCLUDED]
"""Module and name of each factory of kernels that are written in Warp."""


def warp_kernels(module: str, name: str) -> list[wp.Kernel]:
    """The kernels of a factory, in fp32 and fp64 where it takes a number type, in 2D and 3D where it takes a dimension."""
    factory = getattr(import_module(module), name)
    choices = [(2, 3) if parameter == "dimension" else (wp.float32, wp.float64) for parameter in signature(factory).parameters]
    made = [factory(*values) for values in product(*choices)]
    return [kernel for x in made for kernel in (x if isinstance(x, tuple) else (x,))]
