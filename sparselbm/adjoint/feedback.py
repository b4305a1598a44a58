"""Refusal of gradients of flows that act on their own conditions."""

from ..errors import AdjointError
from ..solver import Simulation


def require_no_feedback(simulation: Simulation) -> None:
    """Raises AdjointError for a simulation with a `Feedback`: the gradient would take its present values as fixed."""
    if simulation.feedback is not None:
        raise AdjointError(simulation.feedback.refusal)
