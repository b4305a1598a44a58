"""Signed distance of a cell from the surface, differentiable with respect to the corners of the closest face."""

import functools

import warp as wp

NEAR = 1.0e-3
"""Distance [cells] below which side and direction are numerical noise, and the plane of the face is used instead."""


@functools.cache
def closest_feature(scalar: type) -> wp.Function:
    """Returns the function (a, b, c) -> feature of a triangle closest to a point, with corners relative to
    that point.

    Features: 0 the inner part of the face; 1, 2, 3 the edges ab, bc, ca; 4, 5, 6 the corners a, b, c.

    Source: Ericson, Real-Time Collision Detection (2005), section 5.1.5.
    """
    vec3 = wp.types.vector(3, scalar)
    zero = scalar(0.0)

    @wp.func
    def feature(a: vec3, b: vec3, c: vec3):
        ab, ac = b - a, c - a
        a_b, a_c = -wp.dot(ab, a), -wp.dot(ac, a)
        b_b, b_c = -wp.dot(ab, b), -wp.dot(ac, b)
        c_b, c_c = -wp.dot(ab, c), -wp.dot(ac, c)
        region = 0
        if a_b <= zero and a_c <= zero:
            region = 4
        elif b_b >= zero and b_c <= b_b:
            region = 5
        elif c_c >= zero and c_b <= c_c:
            region = 6
        elif a_b * b_c - b_b * a_c <= zero and a_b >= zero and b_b <= zero:
            region = 1
        elif c_b * a_c - a_b * c_c <= zero and a_c >= zero and c_c <= zero:
            region = 3
        elif b_b * c_c - c_b * b_c <= zero and b_c >= b_b and c_b >= c_c:
            region = 2
        return region

    return feature


@functools.cache
def choose_feature(scalar: type) -> wp.Function:
    """Returns the function (a, b, c, inside) -> code = 2 * feature + (1 if the side is flipped), without gradient.

    The corners are relative to the cell's centre, in cells; `inside` is 1 if the centre is inside the solid. A face is
    flipped if its normal disagrees with the winding number, as in a mesh that is inside out; an edge or corner if the
    centre is inside. Within `NEAR` of the surface the side is numerical noise, and the normal of the face decides.
    """
    vec3 = wp.types.vector(3, scalar)
    feature = closest_feature(scalar)
    near = scalar(NEAR)

    @wp.func
    def choose(a: vec3, b: vec3, c: vec3, inside: wp.int32):
        region = feature(a, b, c)
        height = -wp.dot(a, wp.normalize(wp.cross(b - a, c - a)))
        first = wp.where(region % 3 == 1, a, wp.where(region % 3 == 2, b, c))
        second = wp.where(region % 3 == 1, b, wp.where(region % 3 == 2, c, a))
        along = second - first
        t = wp.where(region > 3, scalar(0.0), -wp.dot(first, along) / wp.max(wp.dot(along, along), scalar(1.0e-30)))
        away = wp.where(region == 0, wp.abs(height), wp.length(first + t * along))
        below = wp.where(height < scalar(0.0), 1, 0)
        turned = wp.where(region == 0, wp.where(below == inside, 0, 1), inside)
        return wp.where(away < near, 0, 2 * region + turned)

    return choose


@functools.cache
def signed_distance(scalar: type) -> wp.Function:
    """Returns the function (a, b, c, p, q, code) -> phi of the origin from the closest feature, above 0 outside:

        face:   phi = -side a . n,  n = (b - a) x (c - a) / |.|
        edge:   phi = side |x_c|,   x_c = p + t (q - p),  t = -p . (q - p) / |q - p|^2
        corner: phi = side |p|

    p and q are the ends of the closest edge, or both the closest corner; side is -1 if the code is odd.
    The function is differentiable with respect to the five points at fixed code.
    """
    vec3 = wp.types.vector(3, scalar)
    one = scalar(1.0)

    @wp.func
    def distance(a: vec3, b: vec3, c: vec3, p: vec3, q: vec3, code: wp.int32):
        is_face, is_corner = code < 2, code >= 8
        side = wp.where(code % 2 == 0, one, -one)
        normal = wp.normalize(wp.cross(b - a, c - a))
        edge = q - p
        t = -wp.dot(p, edge) / wp.where(is_corner, one, wp.dot(edge, edge))
        toward = wp.where(is_face, normal, p + t * edge)  # |.| has no gradient at 0; there the face itself is closest.
        return side * wp.where(is_face, -wp.dot(a, normal), wp.length(toward))

    return distance
