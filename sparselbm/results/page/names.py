"""Short names of prims."""

from collections import Counter
from collections.abc import Sequence


def short_names(paths: Sequence[str], drawings: str) -> list[str]:
    """Names that no two paths share: group and name of a drawing below `drawings`, such as Slices/speed_y; else the end of the
    path."""
    choices = [_choices(path, drawings) for path in paths]
    shared = Counter(name for each in choices for name in set(each))
    return [next((name for name in each if shared[name] == 1), path) for each, path in zip(choices, paths, strict=True)]


def _choices(path: str, drawings: str) -> list[str]:
    """Possible names of a path, the shortest first."""
    if drawings and path.startswith(f"{drawings}/"):
        parts = path.removeprefix(f"{drawings}/").split("/")
        return ["/".join(parts[:k]) for k in range(2, len(parts) + 1)]
    parts = path.strip("/").split("/")
    return ["/".join(parts[-k:]) for k in range(1, len(parts) + 1)]
