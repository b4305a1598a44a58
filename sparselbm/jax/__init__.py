"""Differentiable runs as JAX functions."""

from .operator import operator

__all__ = ["operator"]
