"""Short names of prims."""

from collections import Counter
from collections.abc import Sequence


def short_names(paths: Sequence[str], drawings: str) -> list[str]:
    """The end of each path that no other path has; of a drawing its path below `drawings`, such as Slices/speed_y."""
    parts = [path.strip("/").split("/") for path in paths]
    ends = Counter("/".join(each[-k:]) for each in parts for k in range(1, len(each) + 1))
    names = []
    for path, each in zip(paths, parts, strict=True):
        if drawings and path.startswith(f"{drawings}/"):
            names.append(path.removeprefix(f"{drawings}/"))
        else:
            tails = ("/".join(each[-k:]) for k in range(1, len(each) + 1))
            names.append(next((tail for tail in tails if ends[tail] == 1), path))
    return names
