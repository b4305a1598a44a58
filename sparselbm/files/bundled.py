"""Scenes that come with the package."""

from pathlib import Path

from ..errors import SceneError

_PACKAGE = Path(__file__).parents[1]
_FOLDERS = (_PACKAGE / "assets", _PACKAGE.parent / "assets")
"""In the wheel, and beside the package in a checkout."""


def bundled_folders() -> tuple[Path, ...]:
    """Folders with scenes of the package."""
    return tuple(folder for folder in _FOLDERS if folder.is_dir())


def bundled_scenes() -> dict[str, Path]:
    """Paths of the scenes by name, such as `bunny_tunnel.usda`."""
    return {path.name: path for folder in _FOLDERS[::-1] for path in sorted(folder.glob("*.usda"))}


def bundled(name: str) -> Path:
    """Path of a scene. Raises FileNotFoundError."""
    found = bundled_scenes()
    if name not in found:
        raise FileNotFoundError(f"{name} is in none of {', '.join(map(str, _FOLDERS))}: install sparselbm again")
    return found[name]


def found_or_bundled(path: str | Path) -> Path:
    """The path itself, or the scene of the package of that name if there is no such file in the working directory.

    Raises SceneError for a name without a folder that is neither.
    """
    path, scenes = Path(path), bundled_scenes()
    if path.exists() or path.name != str(path):
        return path
    if path.name not in scenes:
        raise SceneError(
            f"{path}: no such file (working directory {Path.cwd()}); pass the path of a scene, or the name of one that comes "
            f"with the package: {', '.join(scenes)}"
        )
    return scenes[path.name]
