"""Vectors in space."""

Vector = tuple[float, float, float]
