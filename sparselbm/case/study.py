"""From a case to its study: what may change, under which constraints, for how long."""

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

LIMIT_SHARE = 0.12
"""Of the obstacle's extent across the flow, as far as a control point may move where no limit is given."""


@dataclass(frozen=True, eq=False)
class CaseStudy:
    """What a case wants optimised around a plan."""

    study: DragStudy
    ops: PrimOps | None
    """The xform ops that vary, where it is these."""

    @classmethod
    def of(cls, case: Case, plan: WindTunnelSetup) -> CaseStudy:
        """Raises CaseError where the design belongs to another prim, SceneError for ops that are not there."""
        design = case.design
        ops = _ops(case, design, plan) if design.kind == "xformOps" else None
        deformation = _deformation(case, plan) if ops is None else ops.deformation
        resizes = design.kind in ("ffd", "vertices") or (
            ops is not None and any(isinstance(op, Scale) for op in ops.deformation.ops)
        )
        volume = (FixedVolume(),) if design.fixed_volume and resizes else ()
        wanted = case.objective
        return cls(DragStudy(
            deformation=deformation,
            constraints=(*volume, *(_constraint(case, name, each) for name, each in case.constraint.items())),
            optimizer=Adam() if design.kind == "vertices" else SLSQP(),
            stop=StoppingCriteria(iterations=wanted.iterations, seconds=wanted.seconds),
            steady_run=case.steady_run(plan), cross_check=CrossCheck() if wanted.cross_check else None,
        ), ops)  # fmt: skip


def _deformation(case: Case, plan: WindTunnelSetup) -> Deformation:
    design = case.design
    if design.prim is not None and design.prim != plan.obstacle:
        raise CaseError(
            f"{case.source.place('design', 'kind')} is {design.kind}, which deforms the design obstacle {plan.obstacle}, and not "
            f"{design.prim}: apply it there; xformOps alone may belong to a prim above"
        )
    limit = LIMIT_SHARE * plan.length if design.limit is None else design.limit
    if design.kind == "rigid":
        return Rigid(rotate=True, max_translation=limit)
    if design.kind == "vertices":
        assert design.smoothing is not None, "a case without it is refused when it is read"
        return FreeVertices(design.smoothing, limit=limit)
    return FFD(design.control_points, limit=limit)


def _ops(case: Case, design: CaseDesign, plan: WindTunnelSetup) -> PrimOps:
    """The ops that are to be varied, each with its reach, or with one reach a number."""
    place, reach = case.source.place("design", "vary"), {}
    if case.scene.variants:
        raise CaseError(
            f"{place} and --variant: ops are read from the scene as it is saved; save the choice {case.scene.variants} in it"
        )
    for text in design.vary or ():
        op, _, numbers = text.partition("=")
        try:
            values = [float(each) for each in numbers.split(",")]
        except ValueError:
            values = []
        if not (op and values):
            raise CaseError(f"{place}: {text!r}: give OP=REACH, such as xformOp:rotateY=20")
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
            f"{case.source.place('constraint', 'lower', name)} is {lower:g}, above upper, which is {upper:g}: exchange them"
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
