"""Objective, design variables and constraints of an optimisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...geometry.deformation import Deformation
from ...observe import Functional
from ..entry import CasePart, entry
from ..kinds import COUNT, FLAG, LATTICE, NUMBER, TEXT, TEXTS, TOKEN, VECTOR
from .vector import Vector


@dataclass(frozen=True, kw_only=True)
class CaseObjective(CasePart):
    """Objective function of the optimisation and limits of its cost."""

    space: ClassVar[str] = "objective"

    kind: str = entry(
        TOKEN, "drag", "Objective to minimise. drag: drag coefficient C_d = F / (1/2 rho u^2 A) of the design obstacle.",
        allowed=("drag",), model=Functional, option="objective",
    )
    iterations: int = entry(COUNT, 10, "Maximum number of iterations of the optimiser.", above=0.0)
    seconds: float | None = entry(NUMBER, None, "Maximum wall-clock time of the optimisation [s].", above=0.0, unit="s")
    grid_check: bool = entry(FLAG, True, "Evaluate the first and the best shape again on a grid refined by 1.25.")
    cross_check: bool = entry(
        FLAG, True, "Evaluate the first and the best shape with interpolated bounce-back as well: its values are reported, and "
        "an improvement that only the wall model of the optimisation shows is rejected.",
    )


@dataclass(frozen=True, kw_only=True)
class CaseDesign(CasePart):
    """Design variables; the schema is applied to the design obstacle or, for xformOps, to the prim of the ops."""

    space: ClassVar[str] = "design"

    prim: str | None = entry(
        TEXT, None, "Prim of the xform ops. Not set: the design obstacle.", composed=True, option=False
    )
    kind: str = entry(
        TOKEN, "ffd",
        "ffd: control points of a free-form deformation; rigid: translation and rotation; vertices: all vertices, smoothed, with "
        "the Adam optimiser, which needs 30 iterations or more; xformOps: values of the prim's own xform ops; DesignVariables of "
        "your own, FILE.py:ClassName, for variables that are not a shape, such as parameters of the models in a fluid volume.",
        allowed=("ffd", "rigid", "vertices", "xformOps"), model=Deformation, option="design",
    )
    control_points: tuple[int, int, int] = entry(
        LATTICE, (4, 3, 4), "Number of control points along x, y and z.", only=("ffd",), option=False
    )
    smoothing: float | None = entry(
        NUMBER, None, "Smoothing length of vertex displacements [m]; 2 to 5 cells are recommended.",
        only=("vertices",), required=True, above=0.0, unit="m", option=False,
    )
    max_displacement: float | None = entry(
        NUMBER, None, "Maximum displacement of a control point, a vertex or the body along each axis [m]. Not set: 0.12 L.",
        only=("ffd", "rigid", "vertices"), above=0.0, unit="m",
    )
    vary_ops: tuple[str, ...] | None = entry(
        TEXTS, None, "Xform ops to vary and the maximum change of their values, in the stage's units and degrees: "
        "xformOp:rotateY=20, or one maximum per component, xformOp:translate=0.1,0,0.",
        only=("xformOps",), required=True, option=False,
    )
    fixed_volume: bool = entry(FLAG, True, "Keep the volume of the body within 0.5 %; requires a closed mesh.")


@dataclass(frozen=True, kw_only=True)
class CaseConstraint(CasePart):
    """Constraint on the shape or on its flow, in addition to the fixed volume."""

    space: ClassVar[str] = "constraint"
    instances: ClassVar[None] = None
    example: ClassVar[str] = "lift"

    kind: str | None = entry(
        TOKEN, None,
        "thickness: minimum thickness; box: all points inside a box; force: a force coefficient F . d / (1/2 rho u^2 A) between "
        "limits; pressureDrop: the pressure drop from inlet to outlet, in 1/2 rho u^2, between limits. Each of the last two "
        "requires an additional adjoint solution.",
        allowed=("thickness", "box", "force", "pressureDrop"), required=True,
    )
    thickness: float | None = entry(
        NUMBER, None, "Minimum thickness [m].", only=("thickness",), required=True, above=0.0, unit="m"
    )
    lower_corner: Vector | None = entry(
        VECTOR, None, "Lower corner of the box [m].", only=("box",), required=True
    )
    upper_corner: Vector | None = entry(
        VECTOR, None, "Upper corner of the box [m].", only=("box",), required=True
    )
    direction: Vector | None = entry(
        VECTOR, None, "Direction d of the force component.", only=("force",), required=True
    )
    lower: float | None = entry(
        NUMBER, None, "Lower limit of the coefficient.", only=("force", "pressureDrop")
    )
    upper: float | None = entry(
        NUMBER, None, "Upper limit of the coefficient.", only=("force", "pressureDrop")
    )
