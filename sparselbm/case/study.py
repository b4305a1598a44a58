"""Optimisation study of a case: objective, design variables, constraints and stopping criteria."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..design import CrossCheck, DragStudy, FlowConstraint, ForceConstraint, PressureDropConstraint
from ..design.constraint import BoundingBox, FixedVolume, MinimumThickness
from ..design.constraint import Constraint as ShapeConstraint
from ..design.optimizer import SLSQP, Adam, StoppingCriteria
from ..errors import CaseError
from ..flows import WindTunnelSetup
from ..geometry.deformation import FFD, Deformation, FreeVertices, Rigid, Scale
from ..results.stage import PrimOps
from .case import Case
from .parts import CaseConstraint, CaseDesign
from .user_file import names_a_class

LIMIT_SHARE = 0.12
"""Default of the maximum displacement, as a share of the obstacle's extent across the flow."""


@dataclass(frozen=True, eq=False)
class CaseStudy:
    """Optimisation study of a case."""

    study: DragStudy
    ops: PrimOps | None
    """The xform ops that vary, if the design is of kind xformOps."""

    @classmethod
    def of(cls, case: Case, plan: WindTunnelSetup) -> CaseStudy:
        """Raises CaseError where the design belongs to another prim, SceneError for ops that do not exist."""
        design = case.design
        ops = _ops(case, design, plan) if design.kind == "xformOps" else None
        deformation = _deformation(case, plan) if ops is None else ops.deformation
        is_own = names_a_class(design.kind)
        resizes = is_own or design.kind in ("ffd", "vertices") or (
            ops is not None and any(isinstance(op, Scale) for op in ops.deformation.ops)
        )
        volume = (FixedVolume(),) if design.fixed_volume and resizes else ()
        wanted = case.objective
        return cls(DragStudy(
            objective=case.user_model(wanted, "kind") if names_a_class(wanted.kind) else None, deformation=deformation,
            constraints=(*volume, *(_constraint(case, name, each) for name, each in case.constraint.items())),
            optimizer=Adam() if design.kind == "vertices" else SLSQP(),
            stop=StoppingCriteria(iterations=wanted.iterations, seconds=wanted.seconds),
            steady_run=case.steady_run(plan), cross_check=CrossCheck() if wanted.cross_check else None,
        ), ops)


def _deformation(case: Case, plan: WindTunnelSetup) -> Deformation:
    design = case.design
    if design.prim is not None and design.prim != plan.obstacle:
        raise CaseError(
            f"{case.source.place('design', 'kind')} is {design.kind} on {design.prim}, but the design obstacle is "
            f"{plan.obstacle}: apply the schema there; only xformOps may belong to a prim above"
        )
    if names_a_class(design.kind):
        return case.user_model(design, "kind")
    limit = LIMIT_SHARE * plan.length if design.max_displacement is None else design.max_displacement
    if design.kind == "rigid":
        return Rigid(rotate=True, max_translation=limit)
    if design.kind == "vertices":
        assert design.smoothing is not None, "a case without it is refused when it is read"
        return FreeVertices(design.smoothing, limit=limit)
    return FFD(design.control_points, limit=limit)


def _ops(case: Case, design: CaseDesign, plan: WindTunnelSetup) -> PrimOps:
    """The ops to vary, each with its maximum change, or with one per component."""
    place, reach = case.source.place("design", "varyOps"), {}
    if case.scene.variants:
        raise CaseError(
            f"{place} cannot be combined with --variant, because ops are read from the saved scene: save the selection "
            f"{case.scene.variants} in the scene"
        )
    for text in design.vary_ops or ():
        op, _, numbers = text.partition("=")
        try:
            values = [float(each) for each in numbers.split(",")]
        except ValueError:
            values = []
        if not (op and values):
            raise CaseError(f"{place}: {text!r}: give OP=CHANGE, such as xformOp:rotateY=20")
        reach[op] = values[0] if len(values) == 1 else values
    return PrimOps.of(case.file, design.prim or plan.obstacle, reach, time=case.scene.time)


def _constraint(case: Case, name: str, wanted: CaseConstraint) -> ShapeConstraint | FlowConstraint:
    if wanted.kind == "thickness":
        assert wanted.thickness is not None
        return MinimumThickness(thickness=wanted.thickness)
    if wanted.kind == "box":
        assert wanted.lower_corner is not None
        assert wanted.upper_corner is not None
        return BoundingBox(wanted.lower_corner, wanted.upper_corner)
    lower = -math.inf if wanted.lower is None else wanted.lower
    upper = math.inf if wanted.upper is None else wanted.upper
    if wanted.lower is None and wanted.upper is None:
        raise CaseError(
            f"{case.source.place('constraint', 'lower', name)} is missing, and so is upper: give at least one limit"
        )
    if lower > upper:
        raise CaseError(
            f"{case.source.place('constraint', 'lower', name)} is {lower:g}, above upper, which is {upper:g}: swap them"
        )
    if wanted.kind == "pressureDrop":
        return PressureDropConstraint(lower=lower, upper=upper, name=name)
    length = math.hypot(*(wanted.direction or (0.0,)))
    if not length:
        raise CaseError(
            f"{case.source.place('constraint', 'direction', name)} is {wanted.direction}: give a direction, such as (0, 0, 1)"
        )
    x, y, z = (each / length for each in wanted.direction or ())
    return ForceConstraint(direction=(x, y, z), lower=lower, upper=upper, name=name)
