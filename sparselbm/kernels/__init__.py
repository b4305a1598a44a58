"""Kernels over tiles: from a traced cell to code that is launched."""
