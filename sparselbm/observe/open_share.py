"""Fluid share of a cell."""


def open_share(cell):
    """1 - eps, for sums over the fluid: populations inside a solid reflect for ever and must not count."""
    return 1.0 - cell.solid_fraction if cell.physics.obstacles else 1.0
