"""Tile kernels, recorded from the physics of a cell."""
