"""Takes all that is to be seen of results, as triangles with colours:
python docs/picture/shapes.py RESULTS OUT.npz [NOT_THIS ...]

What stands below the prims that are named is left out.
"""

import sys

import numpy as np

from sparselbm.results import Results
from sparselbm.results.formats.shapes import all_shapes


def main(folder: str, out: str, *left_out: str) -> None:
    shapes = [shape for shape in all_shapes(Results.open(folder))[1] if not shape.name.startswith(left_out or ("//",))]
    arrays = {"names": np.array([shape.name for shape in shapes])}
    for k, shape in enumerate(shapes):
        arrays |= {f"points{k}": shape.points, f"faces{k}": shape.faces, f"colours{k}": shape.colours}
    np.savez(out, **arrays)


if __name__ == "__main__":
    main(*sys.argv[1:])
