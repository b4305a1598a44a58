"""Differentiable runs as PyTorch operators and JAX functions."""

from .jax import operator
from .torch import Operator

__all__ = [
    "Operator",
    "operator",
]
