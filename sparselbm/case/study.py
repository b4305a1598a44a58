"""Design problem of a case: objective, design variables, constraints and stopping criteria."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..design import (
    CrossCheck,
    DesignProblem,
    DesignVariables,
    FlowConstraint,
    ForceConstraint,
    PressureDropConstraint,
    ShapeVariables,
)
from ..design.constraint import BoundingBox, FixedVolume, MinimumThickness
from ..design.constraint import Constraint as ShapeConstraint
from ..design.optimizer import SLSQP, Adam, StoppingCriteria
from ..errors import CaseError
from ..flows import FlowSetup, PorousMediumSetup, WindTunnelSetup
from ..geometry.deformation import FFD, Deformation, FreeVertices, Rigid, Scale
from ..results.stage import PrimOps
from .case import Case
from .motions import moving_prims
from .parts import CaseConstraint, CaseDesign
from .user_file import names_a_class

LIMIT_SHARE = 0.12
"""Default of the maximum displacement, as a share of the obstacle's extent across the flow."""


@dataclass(frozen=True, eq=False)
class CaseStudy:
    """Optimisation of a case."""

    problem: DesignProblem
    ops: PrimOps | None
    """The xform ops that vary, if the design is of kind xformOps."""

    @classmethod
    def of(cls, case: Case, setup: FlowSetup, *, constrained: bool = True) -> CaseStudy:
        """Returns the checked problem of a case; `constrained`: with its constraints.

        Raises CaseError where the design belongs to another prim, or the flow lacks the objective or the design variables;
        SceneError for ops that do not exist; and the errors of `DesignProblem`.
        """
        for path in moving_prims(case.obstacle):
            raise CaseError(
                f"{case.source.place('obstacle', 'motion', path)} is {case.obstacle[path].motion}, but an optimisation runs each "
                "flow to steady state, around bodies that are held: set it to none"
            )
        if case.time.duration is not None:
            raise CaseError(
                f"{case.source.place('time', 'duration')} is {case.time.duration:g} s, but an optimisation runs each flow to "
                "steady state: remove it"
            )
        own = case.user_model(case.design, "kind") if names_a_class(case.design.kind) else None
        if isinstance(own, DesignVariables):
            return cls(_problem(case, setup, own, _constraints(case) if constrained else ()), None)
        tunnel = _tunnel(case, setup)
        ops = _ops(case, case.design, tunnel) if case.design.kind == "xformOps" else None
        deformation = _deformation(case, tunnel, own) if ops is None else ops.deformation
        resizes = own is not None or case.design.kind in ("ffd", "vertices") or (
            ops is not None and any(isinstance(op, Scale) for op in ops.deformation.ops)
        )
        volume = (FixedVolume(),) if case.design.fixed_volume and resizes else ()
        constraints = (*volume, *_constraints(case)) if constrained else ()
        return cls(_problem(case, setup, ShapeVariables(deformation), constraints), ops)


def _problem(
    case: Case, setup: FlowSetup, variables: DesignVariables, constraints: tuple[ShapeConstraint | FlowConstraint, ...]
) -> DesignProblem:
    wanted, objective = case.objective, case.user_objective
    if objective is None and setup.default_objective is None:
        raise CaseError(
            f"{case.source.place('objective', 'kind')} is {wanted.kind}, but a fluid volume has no drag: give an Observable of "
            "your own, FILE.py:ClassName"
        )
    return DesignProblem(
        setup, variables, objective=objective,
        constraints=constraints,
        optimizer=Adam() if case.design.kind == "vertices" else SLSQP(),
        stop=StoppingCriteria(iterations=wanted.iterations, seconds=wanted.seconds),
        steady_run=case.steady_run(setup), verify=CrossCheck() if wanted.cross_check else None,
    )


def _tunnel(case: Case, setup: FlowSetup) -> WindTunnelSetup:
    """The set-up of flow past a body, whose shape can change."""
    if isinstance(setup, PorousMediumSetup):
        setup.require_movable()
    if not isinstance(setup, WindTunnelSetup):
        raise CaseError(
            f"{case.source.place('obstacle', 'role', case.surface or '')} is fluidVolume, whose wall is on links and does not "
            f"move, but {case.source.place('design', 'kind')} is {case.design.kind}, which changes a shape: give DesignVariables "
            "of your own, FILE.py:ClassName, such as ParameterVariables of the models"
        )
    return setup


def _deformation(case: Case, setup: WindTunnelSetup, own: Deformation | None) -> Deformation:
    design = case.design
    named = (*setup.obstacle.split(","), *(case.design_obstacle or "").split(","))  # A material is named itself.
    if design.prim is not None and design.prim not in named:
        raise CaseError(
            f"{case.source.place('design', 'kind')} is {design.kind} on {design.prim}, but the design obstacle is "
            f"{setup.obstacle}: apply the schema there; only xformOps may belong to a prim above"
        )
    if own is not None:
        return own
    limit = LIMIT_SHARE * setup.length if design.max_displacement is None else design.max_displacement
    if design.kind == "rigid":
        return Rigid(rotate=True, max_translation=limit)
    if design.kind == "vertices":
        assert design.smoothing is not None, "a case without it is refused when it is read"
        return FreeVertices(design.smoothing, limit=limit)
    return FFD(design.control_points, limit=limit)


def _ops(case: Case, design: CaseDesign, setup: WindTunnelSetup) -> PrimOps:
    """The ops to vary, each with its maximum change, or with one per component."""
    place, changes = case.source.place("design", "varyOps"), {}
    if changed := {**(case.scene.variants or {}), **(case.scene.attributes or {})}:
        raise CaseError(
            f"{place} cannot be combined with variants or attributes of the case, because ops are read from the saved scene: "
            f"save {changed} in the scene"
        )
    for text in design.vary_ops or ():
        op, _, numbers = text.partition("=")
        try:
            values = [float(each) for each in numbers.split(",")]
        except ValueError:
            values = []
        if not (op and values):
            raise CaseError(f"{place}: {text!r}: give OP=CHANGE, such as xformOp:rotateY=20")
        changes[op] = values[0] if len(values) == 1 else values
    return PrimOps.of(case.file, design.prim or setup.obstacle, changes, time=case.scene.time)


def _constraints(case: Case) -> tuple[ShapeConstraint | FlowConstraint, ...]:
    return tuple(_constraint(case, name, each) for name, each in case.constraint.items())


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
