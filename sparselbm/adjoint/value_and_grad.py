"""The one call: a value and its gradients."""

from collections.abc import Callable, Sequence

import numpy as np

from ..evaluate import Evaluation
from ..objective import Objective
from ..simulation import Simulation
from ..step import Wrt as Needs
from .checkpointed import Checkpointed
from .plan import Plan, Window
from .reverse import AdjointError, Reverse
from .steady import Steady
from .wrt import InitialPopulations, SolidFractions, Wrt


def value_and_grad(
    objective: Objective, simulation: Simulation, *, steps: int, wrt: Sequence[Wrt],
    window: Window = Window(), plan: Plan = Checkpointed(), on_back: Callable[[int], None] | None = None,
) -> tuple[float, tuple[np.ndarray, ...]]:  # fmt: skip
    """Runs `steps` from the present state; gives the objective's mean over the window and its gradients.

    The gradients come in the order of `wrt`, in fp64, per lattice unit (points: per metre). Afterwards the simulation is at
    its final state. Turning gradients on does not change the physics: forward kernels are the same. `on_back` is told the
    steps gone back, every hundred.
    Raises AdjointError for a gradient that cannot be given.
    """
    _check(simulation, steps, wrt, window, plan)
    evaluation = Evaluation(simulation, objective)
    reverse = Reverse(
        simulation, objective,
        wrt=Needs(*(any(getattr(w.needs, kind) for w in wrt) for kind in ("solid", "fields", "parameters", "fractions"))),
        everywhere=any(isinstance(w, SolidFractions) for w in wrt), on_back=on_back,
    )  # fmt: skip
    plan.run(simulation, reverse, evaluation, steps, window)
    value = evaluation.take()
    gradients = tuple(np.asarray(w.gradient(reverse), dtype=np.float64) for w in wrt)
    if not (np.isfinite(value) and all(np.isfinite(g).all() for g in gradients)):
        raise AdjointError(
            f"after {steps} steps the objective is {value} and a gradient is not finite: the flow has blown up, or the "
            "objective has no derivative here; lower the velocity, raise the viscosity, or use finer voxels"
        )
    return value, gradients


def _check(simulation: Simulation, steps: int, wrt: Sequence[Wrt], window: Window, plan: Plan) -> None:
    """Refuses what cannot be given, before the long work starts."""
    steady = isinstance(plan, Steady)
    if steps < (0 if steady else 1):
        raise AdjointError(f"a run of {steps} steps: give at least {0 if steady else 1}")
    if window.steps < 1 or (window.steps > steps and not steady):
        raise AdjointError(f"a window of {window.steps} in a run of {steps} steps: choose 1 to {steps}")
    if steady and any(isinstance(w, InitialPopulations) for w in wrt):
        raise AdjointError(
            "InitialPopulations with Steady: a steady flow has forgotten its start; use Stored or Checkpointed"
        )
    for w in wrt:
        w.require(simulation)
