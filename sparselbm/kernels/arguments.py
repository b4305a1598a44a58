"""Arguments of tile kernels: one table, from which every signature, call and launch is made."""

_INTS, _BITS = "wp.array(dtype=wp.int32)", "wp.array(dtype=wp.uint32)"
_NUMBERS, _SUMS = "wp.array3d(dtype=real)", "wp.array3d(dtype=wp.float64)"

ARGUMENTS = {
    "tiles": _INTS,
    "classes": _INTS,
    "neighbours": _INTS,
    "coordinates": _INTS,
    "blocked_links": _BITS,
    "cell_labels": _BITS,
    "cut_links": _BITS,
    "slots": _INTS,
    "parameters": "wp.array(dtype=real)",
    "given": "wp.array(dtype=real)",
    "weight": "wp.float64",
    "source": _NUMBERS,
    "velocities": _NUMBERS,
    "adjoint": _NUMBERS,
    "differences_adjoint": _NUMBERS,
    "solid": _NUMBERS,
    "fields": _NUMBERS,
    "fractions": _NUMBERS,
    "target": _NUMBERS,
    "differences_target": _NUMBERS,
    "solid_adjoint": _NUMBERS,
    "fields_adjoint": _NUMBERS,
    "fractions_adjoint": _NUMBERS,
    "sums": _SUMS,
}
"""Name and Warp type of each argument, in the order topology, constants, inputs, outputs; `real` is the kernel's number type."""


def signature(names: list[str]) -> list[str]:
    """Annotated arguments of a Warp kernel with these names."""
    return [f"{name}: {ARGUMENTS[name]}" for name in names]
