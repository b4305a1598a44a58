"""Differentiable runs as PyTorch operators."""

from .operator import Operator, operator

__all__ = ["Operator", "operator"]
