"""Solid fraction around a point next to a flat wall, as a smooth function of the distance."""

import functools

import warp as wp

REACH = 2.0
"""Distance beyond which the solid fraction is 0 or 1 [knots]."""


@functools.cache
def spline_share(scalar: type) -> wp.Function:
    """Returns the function phi -> eps, the integral of the cubic B-spline over the solid along the normal; with s = |phi|

        s < 1:       v = 1/2 - 2/3 s + s^3 / 3 - s^4 / 8
        1 <= s < 2:  v = (2 - s)^4 / 24

    and eps = v outside (phi > 0), 1 - v inside: three continuous derivatives.

    Source of the spline: Schoenberg, Quart. Appl. Math. 4 (1946) 45.

    Args:
        scalar: wp.float32 or wp.float64, the type of phi.
    """
    half, two_thirds, third, eighth = scalar(0.5), scalar(2.0 / 3.0), scalar(1.0 / 3.0), scalar(0.125)
    zero, one, reach, share_of_24 = scalar(0.0), scalar(1.0), scalar(REACH), scalar(1.0 / 24.0)

    @wp.func
    def share(phi: scalar):
        s = wp.where(phi < zero, -phi, phi)  # wp.abs has no derivative at 0, but eps has one.
        rest = wp.max(reach - s, zero)
        v = rest * rest * rest * rest * share_of_24
        if s < one:
            v = half - two_thirds * s + s * s * s * (third - eighth * s)
        return wp.where(phi < zero, one - v, v)

    return share
