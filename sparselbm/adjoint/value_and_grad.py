"""The one call: a value and its gradients."""

from collections.abc import Callable, Sequence

import numpy as np

from ..errors import AdjointError
from ..kernels.adjoint import GradientTargets
from ..observe import Functional
from ..observe.evaluation import Evaluation
from ..solver import Simulation
from .checkpointed import Checkpointed
from .gradient_guard import GradientGuard
from .method import AdjointMethod
from .sweep import BackwardSweep
from .targets import Deformed, GradientInput, InitialPopulations, Points, SolidFractions
from .window import Window


def value_and_grad(
    objective: Functional, simulation: Simulation, *, steps: int, wrt: Sequence[GradientInput],
    window: Window = Window(), plan: AdjointMethod = Checkpointed(), on_back: Callable[[int], None] | None = None,
    trust: GradientGuard | None = GradientGuard(),
) -> tuple[float, tuple[np.ndarray, ...]]:
    """Runs `steps` from the present state; gives the objective's mean over the window and its gradients.

    The gradients come in the order of `wrt`, in fp64, per lattice unit (points: per metre). Afterwards the simulation is at
    its final state. Turning gradients on does not change the physics: forward kernels are the same. `on_back` is told the
    steps gone back, every hundred. `trust`: what a gradient has to be like; None takes any.
    Raises AdjointError for a gradient that cannot be given.
    """
    _check(simulation, steps, wrt, window, plan)
    evaluation = Evaluation(simulation, objective)
    reverse = BackwardSweep(
        simulation, objective,
        wrt=GradientTargets(
            *(any(getattr(w.needs, kind) for w in wrt) for kind in ("solid", "fields", "parameters", "fractions"))
        ),
        everywhere=any(isinstance(w, SolidFractions) for w in wrt), on_back=on_back,
        trust=trust,
    )
    plan.forward(simulation, evaluation, steps, window).back(reverse)
    value = evaluation.take()
    gradients = tuple(np.asarray(w.gradient(reverse), dtype=np.float64) for w in wrt)
    if not (np.isfinite(value) and all(np.isfinite(g).all() for g in gradients)):
        raise AdjointError(
            f"after {steps} steps the objective is {value} and a gradient is not finite: the flow has blown up, or the "
            "objective has no derivative here; lower the velocity, raise the viscosity, or use finer voxels"
        )
    return value, gradients


def _check(simulation: Simulation, steps: int, wrt: Sequence[GradientInput], window: Window, plan: AdjointMethod) -> None:
    """Refuses what cannot be given, before the long work starts."""
    least = 0 if plan.forgets_start else 1
    if steps < least:
        raise AdjointError(f"a run of {steps} steps: give at least {least}")
    if window.steps < 1 or (window.steps > steps and not plan.forgets_start):
        raise AdjointError(f"a window of {window.steps} in a run of {steps} steps: choose 1 to {steps}")
    if plan.forgets_start and any(isinstance(w, InitialPopulations) for w in wrt):
        raise AdjointError(
            f"InitialPopulations with {type(plan).__name__}: its flow has forgotten its start; use Stored or Checkpointed"
        )
    for w in wrt:
        w.require(simulation)
        if isinstance(w, Points | Deformed):
            w.require_placed(simulation)
