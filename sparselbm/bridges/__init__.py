"""Differentiable runs as PyTorch operators (`bridges.torch`) and JAX functions (`bridges.jax`).

Neither package is imported before its bridge.
"""
