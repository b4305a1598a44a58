"""Order of the cells in a tile and of the tiles around it, for NumPy, Warp kernels and C++; nothing else codes it."""

from .tile_layout import EDGE, NEIGHBOUR_STEPS, TileLayout

__all__ = ["EDGE", "NEIGHBOUR_STEPS", "TileLayout"]
