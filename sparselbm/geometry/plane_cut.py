"""The share of a cube on one side of a plane, in closed form."""

import functools

import warp as wp


@functools.cache
def plane_cut(scalar: type) -> wp.Function:
    """The function (phi, n) -> eps: exact share of the unit cube where n . u <= -phi, u from its centre.

    With a >= b >= c the sorted |n_i| and alpha = max((a + b + c) / 2 - |phi|, 0), the smaller share is

        alpha < c:           V = alpha^3 / (6 a b c)
        c <= alpha < b + c:  V = [3 alpha^2 - 3 alpha c + c^2 - (<alpha - b>^3 + <alpha - a>^3) / c] / (6 a b)
        b + c <= alpha:      V = (2 alpha - b - c) / (2 a)

    with <x> = max(x, 0), and eps = 1 - V for phi < 0, V otherwise. This is the usual difference of cubes
    with the cancelling terms taken out, so that no component of n need be large: each quotient is bounded,
    and eps and its gradient are right at b = 0 and c = 0 too. With n_z = 0 it is the share of the unit
    square in 2D. n need not have length 1: in 2D the plane's normal is passed without its z.

    Source: Scardovelli and Zaleski, J. Comput. Phys. 164 (2000) 228, equations for the volume under a plane.

    Args:
        scalar: wp.float32 or wp.float64, the type of phi and of the components of n.
    """
    vec3 = wp.types.vector(3, scalar)
    one, two, three, six = scalar(1.0), scalar(2.0), scalar(3.0), scalar(6.0)
    zero, half, tiny = scalar(0.0), scalar(0.5), scalar(1.0e-12)

    @wp.func
    def cut(phi: scalar, n: vec3):
        x, y, z = wp.abs(n[0]), wp.abs(n[1]), wp.abs(n[2])
        # Sorted by swaps, each a permutation: min and max would share the adjoints of equal values wrongly.
        high, low = wp.where(x > y, x, y), wp.where(x > y, y, x)
        mid, c = wp.where(low > z, low, z), wp.where(low > z, z, low)
        a, b = wp.where(high > mid, high, mid), wp.where(high > mid, mid, high)
        a = wp.max(a, tiny)
        distance = wp.where(phi < zero, -phi, phi)  # wp.abs has no slope at 0, where eps has one.
        alpha = wp.max(half * (a + b + c) - distance, zero)
        v = zero
        if alpha < c:
            v = (alpha / c) * (alpha / b) * (alpha / a) / six
        elif alpha < b + c:
            over_a = wp.max(alpha - a, zero)
            over_b = wp.max(alpha - b, zero)
            corners = (over_a / wp.max(c, tiny)) * over_a * over_a + (over_b / wp.max(c, tiny)) * over_b * over_b
            v = (three * alpha * (alpha - c) + c * c - corners) / (six * a * b)
        else:
            v = (two * alpha - b - c) / (two * a)
        return wp.where(phi < zero, one - v, v)

    return cut
