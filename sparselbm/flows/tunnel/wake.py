"""Doubt about wakes whose instability takes long to show."""

from ...units import is_below

_UNSTABLE_ABOVE = 200.0
"""Reynolds number; the wake of a sphere loses its symmetry at 210 and sheds vortices from about 270 on. Measured with random
cases of 9 cells across: a sphere at 374 and a bunny at 2800 were steady after 2.2 and 3.1 crossings, and their drag was 1.2 and
2.6 % lower after 12, while the side force on the sphere grew by 27 % per crossing. Cylinders from side to side at 42 to 106 were
classified correctly: their side force is far above the tolerance from the start."""


def wake_doubt(reynolds: float, length: float) -> tuple[str, ...]:
    """Doubt about a result that is called steady after a few crossings; empty at Reynolds numbers of steady wakes.

    `length`: the body's extent across the flow [m], to which the Reynolds number refers.
    """
    if not is_below(_UNSTABLE_ABOVE, reynolds):
        return ()
    return (
        f"the Reynolds number of the extent across the flow, {length:.4g} m, is {reynolds:.4g}, above "
        f"{_UNSTABLE_ABOVE:g}: a wake may take more than ten crossings to lose its symmetry or to shed vortices, and drag that "
        "is called steady before is wrong by up to about 3%. Use a tolerance of 1e-4 to observe the flow for longer",
    )
