"""Velocity sets, moments, equilibria and forcing terms."""

from .velocity_set import CS2, D2Q5, D2Q9, D3Q7, D3Q19, D3Q27, Lattice

__all__ = [
    "CS2",
    "D2Q5",
    "D2Q9",
    "D3Q7",
    "D3Q19",
    "D3Q27",
    "Lattice",
]
