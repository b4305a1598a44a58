"""How a scene is read, and the roles of its prims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...flows import FreeBody
from ..entry import CasePart, entry
from ..kinds import CHOICES, COUNT, NUMBER, TEXT, TOKEN, VECTOR
from .vector import Vector

AXES = ("xyz", "xy", "xz", "yz", "x", "y", "z", "none")
"""Choices of axes."""


@dataclass(frozen=True, kw_only=True)
class SceneFile(CasePart):
    """How the scene is read."""

    space: ClassVar[str] = "scene"

    file: str | None = entry(TEXT, None, "Scene file, relative to the case's folder.", composed=True, option=False)
    variants: dict[str, str] | None = entry(
        CHOICES, None, 'Variants in place of the scene\'s own selections, such as {"/Car:wheels" = "wide"}.', composed=True,
        option=False,
    )
    attributes: dict[str, str] | None = entry(
        CHOICES, None, 'Values of attributes in place of the scene\'s own, such as {"/Car/Flap.xformOp:rotateY" = "15"}.',
        composed=True, option=False,
    )
    metres_per_unit: float | None = entry(
        NUMBER, None, "Length unit [m] of a file that does not store one (STL, OBJ, PLY, volumes): 0.001 for millimetres. "
        "Not set: 1 m.", above=0.0, composed=True,
    )
    time: float | None = entry(NUMBER, None, "Time code at which an animated scene is read. Not set: the first sample.")
    subdivision_levels: int = entry(
        COUNT, 0, "Refinement levels of subdivision surfaces, 0 to 6; 0 reads the control cage."
    )
    purpose: str = entry(
        TOKEN, "render", "Purpose of the prims that are read beside those without one: render, proxy for simplified shapes, or "
        "guide.", allowed=("render", "proxy", "guide"),
    )


@dataclass(frozen=True, kw_only=True)
class CaseObstacle(CasePart):
    """Role of a prim, and of all prims below it, in the flow. Bodies without this schema are fixed obstacles."""

    space: ClassVar[str] = "obstacle"
    instances: ClassVar[None] = None
    of_prims: ClassVar[bool] = True

    role: str = entry(
        TOKEN, "fixed",
        "design: the obstacle whose drag is computed, whose shape is optimised, and around which the box is built, several prims "
        "being one body; "
        "fixed: an obstacle in the flow; ignored: not part of the flow; fluidVolume: the surface that encloses the fluid, which "
        "enters and leaves through openings, in one or several prims; there is no box then, and other bodies are ignored.",
        allowed=("fixed", "design", "ignored", "fluidVolume"),
    )
    collection: str | None = entry(
        TEXT, None, "Name of a collection of the prim, whose members have the role in place of the prim. Not set: the prim and "
        "all prims below it."
    )
    rpm: float | None = entry(
        NUMBER, None, "Revolutions per minute of a body of revolution, such as a wheel, about its rotation axis by the "
        "right-hand rule; its surface moves in its place. Requires rotationAxis or rotationPrim."
    )
    rotation_prim: str | None = entry(
        TEXT, None, "Path of a prim, such as an Xform, that is the axis of the rotation: its local axis through its origin. The "
        "local axis is X, Y or Z as its attribute physics:axis says, or else axis, and Z without either. Requires rpm.",
        instead_of=("rotationAxis", "rotationCentre"),
    )
    rotation_axis: Vector | None = entry(VECTOR, None, "Direction of the axis of the rotation. Requires rpm.")
    rotation_centre: Vector | None = entry(
        VECTOR, None, "Point on the axis of the rotation [m]. Not set: the centre of the body's bounding box. Requires rpm."
    )
    motion: str = entry(
        TOKEN, "none",
        "Motion through the flow of the prim and all prims below it, as one rigid body, in a run with a duration. none: held "
        "where it is at the beginning; timeSamples: as the time samples of its transform, and of the transforms above it, say, "
        "the run beginning at scene:time, else at the stage's startTimeCode; free: moved by gravity and the forces of the fluid.",
        allowed=("none", "timeSamples", "free"),
    )
    density: float | None = entry(
        NUMBER, None, "Density of a body whose motion is free [kg/m3]; its weight less its buoyancy follows from force:gravity.",
        above=0.0, unit="kg/m3",
    )
    translate: str = entry(TOKEN, "xyz", "Axes along which a free body may move; it is held along others.", allowed=AXES)
    rotate: str = entry(TOKEN, "xyz", "Axes about which a free body may turn; it does not turn about others.", allowed=AXES)
    initial_velocity: Vector = entry(VECTOR, FreeBody.velocity, "Initial velocity of the centre of mass of a free body [m/s].")
    initial_angular_velocity: Vector = entry(
        VECTOR, FreeBody.angular_velocity, "Initial angular velocity of a free body [rad/s]."
    )
