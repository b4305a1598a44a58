"""Options that the commands share, derived from the settings of a case: a new setting needs no change here."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ..case import (
    CaseDesign,
    CaseDomain,
    CaseFluid,
    CaseForce,
    CaseImage,
    CaseObjective,
    CaseObstacle,
    CaseOutput,
    CaseReference,
    CaseSolver,
    CaseStream,
    CaseTime,
    SceneFile,
)
from ..case.entry import CasePart, Entry
from ..case.kinds import COUNT, COUNTS, FLAG, LABELS, NUMBER, TEXT, TEXTS, TOKEN, VECTOR
from ..case.model_kind import MODEL
from .options import option
from .overrides import Overrides

FLOW = (SceneFile, CaseObstacle, CaseDomain, CaseStream, CaseReference, CaseFluid, CaseSolver, CaseForce)
"""Parts that concern every command that takes a case."""

RUN = (*FLOW, CaseTime, CaseImage, CaseOutput)
"""Parts that concern the commands that run a flow over time."""

_PANELS = {
    SceneFile: "Scene", CaseObstacle: "Scene", CaseDomain: "Flow", CaseStream: "Flow", CaseReference: "Flow", CaseFluid: "Flow",
    CaseSolver: "Solver", CaseForce: "Flow", CaseTime: "Time", CaseImage: "Image", CaseDesign: "Design", CaseObjective: "Design",
    CaseOutput: "Output",
}
_TYPES = {
    NUMBER: float, COUNT: int, FLAG: bool, TOKEN: str, MODEL: str, TEXT: str, VECTOR: str, COUNTS: str, TEXTS: list[str],
    LABELS: list[int],
}
_METAVARS = {NUMBER: "NUMBER", COUNT: "N", FLAG: " ", TEXT: "TEXT", VECTOR: "X,Y,Z", COUNTS: "X,Y,Z", TEXTS: "TEXT", LABELS: "N"}
_Scene = Annotated[
    Path,
    typer.Argument(
        metavar="SCENE",
        help="USD stage (.usd, .usda, .usdc, .usdz) with or without a case in it, a case as TOML, an STL, OBJ, PLY, glTF or "
        ".nvdb file, a voxel image, or the name of a scene of the package, such as vortex_street.usda. It is not modified. "
        "Options override the settings of the case.",
    ),
]


@dataclass(frozen=True)
class Setting:
    """A setting of a case with its option."""

    part: type[CasePart]
    attribute: str
    """Field of the part, such as voxel_size."""
    known: Entry

    @property
    def parameter(self) -> str:
        """Name of the command's parameter: the option's, with underscores."""
        return self.known.option if isinstance(self.known.option, str) else self.attribute

    @property
    def annotation(self) -> Any:
        """Type and option, for typer."""
        kind = str if self.known.unit else _TYPES[self.known.kind]
        return Annotated[kind | None, self.option]

    @property
    def option(self) -> Any:
        """The option, for typer."""
        name, known = f"--{self.parameter.replace('_', '-')}", self.known
        flags = f"{name}/--no-{name[2:]}" if known.kind is FLAG else name
        value = ("no", "yes")[known.default] if isinstance(known.default, bool) else known.default
        shown = "" if value is None else f" Default: {value}."
        words = (*known.allowed, "FILE.py:CLASS") if known.model else known.allowed
        metavar = "NUMBER|'NUMBER UNIT'" if known.unit else "|".join(words) or _METAVARS.get(known.kind)
        help_text = known.text + shown
        panel = _PANELS[self.part]
        return option(flags, help_text, show_default=False, metavar=metavar, rich_help_panel=panel)


def settings_of(part: type[CasePart]) -> list[Setting]:
    """Settings of a part that have an option; those of several instances have none."""
    if part.instances != ():
        return []
    found = [Setting(part, name, known) for name, known in part.settings().items()]
    return [each for each in found if each.known.option]


def setting(part: type[CasePart], attribute: str) -> Any:
    """The option for one setting."""
    return next(each.option for each in settings_of(part) if each.attribute == attribute)


def takes_case(*parts: type[CasePart], leave_out: Collection[str] = ()) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorator of a command: it gets the scene and the options for these parts, which reach it as its first argument.

    `leave_out`: parameters that the command does not have. The command's own parameters stay, after that first one.
    """
    shared: dict[str, Any] = {"scene": _Scene}
    derived: dict[str, tuple[type[CasePart], str]] = {}
    for part in parts:
        for each in settings_of(part):
            if each.parameter not in leave_out:
                shared[each.parameter] = each.annotation
                derived[each.parameter] = (part, each.attribute)
        for parameter, (kind, *_) in _SHORT_FORMS.get(part, {}).items():
            shared[parameter] = Annotated[kind, short_form(part, parameter)]

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        _, *own = inspect.signature(command, eval_str=True).parameters.values()

        def called(**values: Any) -> None:
            given = {name: value for name, value in values.items() if value is not None and value is not False}
            mine = {each.name: values.pop(each.name) for each in own}
            command(Overrides(values, derived, command.__name__, given), **mine)

        scene, *others = (
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=_default(name, kind))
            for name, kind in shared.items()
        )
        ordered = [scene, *(each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own), *others]
        called.__signature__ = inspect.Signature(ordered)  # type: ignore[attr-defined]
        called.__annotations__ = {each.name: each.annotation for each in ordered}
        called.__name__, called.__doc__ = command.__name__, command.__doc__
        return called

    return decorate


def _default(name: str, annotation: Any) -> Any:
    """The scene is required, flags without a negative form are off, other options are not set."""
    if name == "scene":
        return inspect.Parameter.empty
    return False if annotation.__origin__ is bool else None


_SHORT_FORMS: dict[type[CasePart], dict[str, tuple[Any, str, str | None]]] = {
    SceneFile: {
        "variant": (
            list[str] | None, "Variant of a prim in place of the scene's own selection; can be repeated.", "/PRIM:SET=CHOICE",
        ),
        "local_files_only": (bool, "Refuse a scene or a case that refers to files outside of its folder.", None),
        "allow_missing": (bool, "Read a scene although referenced files or payloads are missing.", None),
    },
    CaseObstacle: {
        "obstacle": (
            str | None,
            "Prim around which the tunnel is built: a mesh, or an Xform with all prims below it; / for the whole scene; a "
            "material (/Looks/Steel) or a collection (/World.collection:car) for all its prims; several of them separated by "
            "commas are one body. Default: the only body.", "PRIM",
        ),
        "ignore": (list[str] | None, "Prim, material or collection that is not part of the flow; can be repeated.", "PRIM"),
    },
    CaseDomain: {
        "margins": (
            str | None,
            "Distances from the obstacle to the inlet, to the outlet and to each other side, in multiples of its largest extent "
            f"across the flow. Default: {CaseDomain.upstream:g},{CaseDomain.downstream:g},{CaseDomain.side:g}.",
            "UPSTREAM,DOWNSTREAM,SIDE",
        ),
    },
    CaseStream: {
        "velocity": (
            float | None, "Speed u of the free stream; forces and pressures scale with it. Default: 1, or that of --viscosity "
            "and --reynolds.", "M/S",
        ),
        "flow_axis": (
            str | None, "Axis along which the free stream flows before yaw and angle of attack turn it; with a minus sign "
            "against it. Default: x.", "x|y|z|-x|-y|-z",
        ),
    },
    CaseDesign: {
        "ffd": (
            str | None,
            "Free-form deformation with this number of control points along x, y and z. Default design, with 4,3,4.", "X,Y,Z",
        ),
        "rigid": (bool, "Only translate and rotate the body.", None),
        "vertices": (
            float | None,
            "Move all vertices, smoothed over this length (2 to 5 cells are recommended), with the Adam optimiser, which needs "
            "30 iterations or more.", "METRES",
        ),
        "design_op": (
            list[str] | None,
            "Vary the values of a prim's own xform op by at most this change; can be repeated. The values are written to the "
            "results stage.", "PRIM.OP=CHANGE",
        ),
    },
}
"""Type, help and metavar of options that stand for several settings, or for how the scene is read, by parameter."""


def short_form(part: type[CasePart], parameter: str) -> Any:
    """The option of one of these."""
    kind, text, metavar = _SHORT_FORMS[part][parameter]
    metavar = " " if kind is bool else metavar
    return option(f"--{parameter.replace('_', '-')}", text, metavar=metavar, rich_help_panel=_PANELS[part])
