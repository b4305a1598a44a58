"""The option `--draw`: drawings in the results stage."""

from collections.abc import Callable
from typing import Annotated

from ..errors import OptionError
from ..results.draw import Drawing, Glyphs, Isosurface, Slice, Streamlines, SurfaceValues, Tracers, VolumeGrids
from ..results.writer import DRAWN
from .options import option

Draw = Annotated[
    list[str] | None,
    option(
        "--draw",
        "Drawing in the results stage, in place of the default ones; can be repeated: surface=pressure, slice=y, isosurface=0.5 "
        "(Q criterion), streamlines=9, glyphs=y, tracers, volumes. The value is optional. Default: all except isosurface and "
        "glyphs.",
        metavar="DRAWING[=VALUE]", rich_help_panel="Output",
    ),
]


def drawings_of(texts: list[str] | None) -> tuple[Drawing, ...]:
    """The drawings of the option. Raises OptionError."""
    return DRAWN if not texts else tuple(_drawing(text) for text in texts)


def _drawing(text: str) -> Drawing:
    name, equals, value = text.partition("=")
    with_value: dict[str, tuple[Callable[[], Drawing], Callable[[str], Drawing] | None]] = {
        "surface": (SurfaceValues, SurfaceValues),
        "slice": (Slice, lambda axis: Slice(_axis(axis))),
        "isosurface": (Isosurface, lambda q: Isosurface(value=float(q))),
        "streamlines": (Streamlines, lambda count: Streamlines(int(count))),
        "glyphs": (Glyphs, lambda axis: Glyphs(_axis(axis))),
        "tracers": (Tracers, None),
        "volumes": (VolumeGrids, None),
    }
    if name not in with_value:
        raise OptionError(f"--draw {text!r}: choose one of {', '.join(with_value)}")
    plain, valued = with_value[name]
    if not equals:
        return plain()
    if valued is None:
        raise OptionError(f"--draw {text!r}: {name} takes no value")
    try:
        return valued(value)
    except ValueError as error:
        raise OptionError(f"--draw {text!r}: {error}; see --help for the values of {name}") from None


def _axis(text: str) -> int:
    if text not in ("x", "y", "z"):
        raise ValueError(f"{text!r} is no axis, give x, y or z")
    return "xyz".index(text)
