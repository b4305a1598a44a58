"""Options and conversions that several commands use; those of a case's settings are in `settings`."""

from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.markup import escape

from ..errors import OptionError
from ..system import without_driver_warning

Number = TypeVar("Number", int, float)


def direction_of(text: str) -> tuple[float, float, float]:
    """Direction along an axis: x, y or z, or against it with a minus sign. Raises OptionError."""
    axis, sign = text.lower().lstrip("+-"), -1.0 if text.startswith("-") else 1.0
    if axis not in ("x", "y", "z") or len(text) > 2:
        raise OptionError(f"--flow-axis {text!r} is not an axis: give x, y or z, or -x, -y or -z")
    x, y, z = (sign * (axis == each) for each in "xyz")
    return x, y, z


def three(name: str, text: str, kind: type[Number], example: str) -> tuple[Number, Number, Number]:
    """Reads three numbers separated by commas. Raises OptionError."""
    try:
        a, b, c = (kind(each) for each in text.split(","))
    except ValueError:
        raise OptionError(f"{name} {text!r}: give three numbers separated by commas, such as {example}") from None
    return a, b, c


def option(name: str, text: str, **more):
    """An option with one long name; units in square brackets are shown as they are."""
    return typer.Option(name, help=escape(text), **more)


def output(default: str):
    """The option for the folder of a command's results."""
    return option("--output", f"Folder of the results. Default: {default}.", metavar="FOLDER", rich_help_panel="Output")


Device = Annotated[
    str | None,
    option("--device", "Warp device, such as cpu or cuda:0. Default: the first GPU, or the CPU if there is none."),
]
Overwrite = Annotated[
    bool,
    option(
        "--overwrite", "Replace the results of a previous run in that folder; other files stay.", rich_help_panel="Output"
    ),
]
JsonFile = Annotated[
    Path | None, option("--json", "Also write the results as JSON.", metavar="FILE", rich_help_panel="Output")
]


def chosen(variant: list[str] | None) -> dict[str, str]:
    """The variants of `--variant` by their set."""
    return dict(_choice(each) for each in variant or ())


def _choice(text: str) -> tuple[str, str]:
    name, equals, choice = text.partition("=")
    if not (equals and choice and ":" in name):
        raise OptionError(f"--variant {text!r}: give prim, variant set and choice, such as /Car:wheels=wide")
    return name, choice


def device_of(name: str | None) -> str:
    """Name of an existing device. Raises OptionError listing the existing ones."""
    import warp as wp

    with without_driver_warning():
        wp.init()
    try:
        return wp.get_device(name).alias
    except Exception as error:
        existing = ", ".join(device.alias for device in wp.get_devices())
        raise OptionError(f"--device {name}: there is no such device; choose one of {existing}") from error
