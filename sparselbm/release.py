"""Version of the package."""

from importlib.metadata import PackageNotFoundError, version


def package_version() -> str:
    """Version of the installed package, from pyproject.toml; "not installed" for a checkout that is only on the path."""
    try:
        return version("sparselbm")
    except PackageNotFoundError:
        return "not installed"
