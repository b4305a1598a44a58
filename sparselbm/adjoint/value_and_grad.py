"""Value of an objective and its gradients."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import AdjointError
from ..kernels.adjoint import GradientTargets
from ..observe import Functional
from ..observe.evaluation import Evaluation
from ..solver import Simulation
from .checkpointed import Checkpointed
from .feedback import require_no_feedback
from .gradient_guard import GradientGuard
from .method import AdjointMethod
from .sweep import BackwardSweep
from .targets import Deformed, GradientInput, InitialPopulations, Points, SolidFractions, warn_of_links
from .window import Window


@dataclass(frozen=True, eq=False)
class ValueAndGradient:
    """Value of an objective and its gradients; unpacks into `value, gradients`."""

    value: float
    """Mean of the objective over the window."""
    gradients: tuple[np.ndarray, ...]
    """One array per input, in fp64."""
    errors: tuple[np.ndarray, ...] | None
    """Estimated absolute error of each number of the gradients, if the method is iterative; None: exact to rounding."""

    def __iter__(self) -> Iterator:
        yield self.value
        yield self.gradients


def value_and_grad(
    objective: Functional, simulation: Simulation, *, steps: int, wrt: Sequence[GradientInput],
    window: Window = Window(), method: AdjointMethod = Checkpointed(), on_back: Callable[[int], None] | None = None,
    guard: GradientGuard | None = GradientGuard(),
) -> ValueAndGradient:
    """Runs `steps` from the present state; returns the mean of the objective over the window and its gradients.

    `value, (g1, g2) = value_and_grad(...)`; the result also has the errors that `Steady` estimates. The gradients are in the
    order of `wrt`, in fp64, per lattice unit (points: per metre). Afterwards the simulation is at its final state. The forward
    kernels are those of a run without gradients. `method`: adjoint method. `on_back` is called with the number of steps back,
    every hundred steps. `guard`: limits beyond which a gradient is refused; None: none. Warns of gradients with respect to the
    points of an obstacle whose wall is on links, which do not follow the trend of the objective.
    Raises AdjointError for a gradient that does not exist.
    """
    _check(simulation, steps, wrt, window, method)
    evaluation = Evaluation(simulation, objective)
    sweep = BackwardSweep(
        simulation, objective,
        wrt=GradientTargets.union(w.needs for w in wrt),
        everywhere=any(isinstance(w, SolidFractions) for w in wrt), on_back=on_back,
        guard=guard, requested=wrt,
    )
    method.forward(simulation, evaluation, steps, window).back(sweep)
    value = evaluation.take()
    gradients = sweep.gradients()
    if not (np.isfinite(value) and all(np.isfinite(g).all() for g in gradients)):
        raise AdjointError(
            f"after {steps} steps the objective is {value} and a gradient is not finite: the flow has blown up, or the "
            "objective has no derivative here; lower the velocity, raise the viscosity, or use finer voxels"
        )
    return ValueAndGradient(value, gradients, sweep.errors)


def _check(simulation: Simulation, steps: int, wrt: Sequence[GradientInput], window: Window, method: AdjointMethod) -> None:
    """Raises AdjointError for gradients that do not exist, before any step."""
    require_no_feedback(simulation)
    least = 0 if method.forgets_start else 1
    if steps < least:
        raise AdjointError(f"the number of steps is {steps}, but must be at least {least}")
    if window.steps < 1 or (window.steps > steps and not method.forgets_start):
        raise AdjointError(f"a window of {window.steps} states in a run of {steps} steps: choose 1 to {steps}")
    if method.forgets_start and any(isinstance(w, InitialPopulations) for w in wrt):
        raise AdjointError(
            f"InitialPopulations with {type(method).__name__}, whose flow is independent of its start: use Stored or Checkpointed"
        )
    for w in wrt:
        w.require(simulation)
        if isinstance(w, Points | Deformed):
            w.require_placed(simulation)
            warn_of_links(simulation, w.obstacle)
