"""Body force after Guo, Zheng & Shi, Phys. Rev. E 65 (2002) 046308."""

from collections.abc import Sequence

from ..trace.expression import dot
from .equilibrium import along
from .velocity_set import Lattice


def guo_source_parts(lattice: Lattice, u: Sequence, force: Sequence) -> tuple[list, list]:
    """Even and odd parts of w_q (3 (c - u) + 9 (c.u) c) . F, without the factor 1 - omega / 2.

    `force` is F [lattice momentum / cell / step]. Constant zeros leave no terms in the traced graph.
    """
    even, odd = [], []
    uF = dot(u, force)
    for q, (w, c, p) in enumerate(zip(lattice.weights, lattice.velocities, lattice.opposites, strict=True)):
        if p < q:  # Each pair of opposites is computed once.
            even.append(even[p])
            odd.append(-odd[p])
            continue
        cF = along(c, force)
        even.append(w * (9.0 * (along(c, u) * cF) - 3.0 * uF))
        odd.append(w * (3.0 * cF))
    return even, odd
