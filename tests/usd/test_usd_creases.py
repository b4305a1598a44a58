"""Sharp and semi-sharp creases, corners and borders of limit surfaces: exact values and the laws of the rules."""

from dataclasses import replace

import numpy as np
import pytest

from sparselbm.errors import SceneError
from sparselbm.scene.usd import Scene
from sparselbm.scene.usd.subdivision import Cage, limit_surface, next_corners, refine

CUBE = """def Mesh "Box" {
    int[] faceVertexCounts = [4, 4, 4, 4, 4, 4]
    int[] faceVertexIndices = [0, 2, 3, 1, 4, 5, 7, 6, 0, 1, 5, 4, 2, 6, 7, 3, 0, 4, 6, 2, 1, 3, 7, 5]
    point3f[] points = [(-1, -1, -1), (1, -1, -1), (-1, 1, -1), (1, 1, -1), (-1, -1, 1), (1, -1, 1), (-1, 1, 1), (1, 1, 1)]
    %s
}"""
RIMS = "int[] creaseIndices = [0, 1, 3, 2, 0, 4, 5, 7, 6, 4]\nint[] creaseLengths = [5, 5]\n"
INDICES = np.array([0, 2, 3, 1, 4, 5, 7, 6, 0, 1, 5, 4, 2, 6, 7, 3, 0, 4, 6, 2, 1, 3, 7, 5])
POINTS = np.random.default_rng(3).normal(size=(8, 3))


def box(edges, corners=()):
    """The cube's faces between points that lie anyhow; sharpnesses by edge and by point, `edges` one number for all."""
    pairs = np.stack([INDICES, INDICES[next_corners(np.full(6, 4))]], axis=1)
    sharpness = [edges.get((min(a, b), max(a, b)), 0.0) if isinstance(edges, dict) else edges for a, b in pairs.tolist()]
    at_points = np.zeros(8)
    for point, value in dict(corners).items():
        at_points[point] = value
    return Cage(POINTS, np.full(6, 4), INDICES, np.array(sharpness), at_points)


@pytest.fixture
def opened(written):
    def read(text, levels):
        return Scene.open(written('(metersPerUnit = 1\nupAxis = "Z")\n' + text), subdivision_levels=levels)

    return read


@pytest.mark.parametrize("sharpness", ["10", "inf"])
def test_a_cube_of_sharp_edges_stays_the_cube(opened, sharpness):
    lines = "int[] creaseIndices = [0, 1, 3, 2, 0, 4, 5, 7, 6, 4, 1, 5, 2, 6, 3, 7]\nint[] creaseLengths = [10, 2, 2, 2]\n"
    scene = opened(CUBE % f"{lines}float[] creaseSharpnesses = [{', '.join([sharpness] * 4)}]", 2)
    (used,) = scene.report.used
    assert len(scene.body("/Box").mesh.points) == 98
    assert used.volume == pytest.approx(8.0, rel=1e-15)
    assert used.area == pytest.approx(24.0, rel=1e-15)
    assert used.centre == pytest.approx((0, 0, 0), abs=1e-15)


def spline(count):
    """Points of the closed uniform cubic B-spline of the square with corners (+-1, +-1), `count` a span, shape (4 count, 2)."""
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], float)
    t = np.arange(count)[:, None] / count
    basis = ((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3)
    return np.concatenate([sum(b * corners[(k + j) % 4] for j, b in enumerate(basis)) / 6 for k in range(4)])


@pytest.mark.parametrize("levels", [1, 3])
@pytest.mark.parametrize("sharpnesses", ["[10, 20]", "[10, 10, 10, 10, 10, 10, 10, 10]"])
def test_sharp_rims_make_a_prism_over_the_spline_of_the_square(opened, levels, sharpnesses):
    """Between the rims the rule for regular points is the spline's own: volume and rim follow in closed form."""
    mesh = opened(CUBE % f"{RIMS}float[] creaseSharpnesses = {sharpnesses}", levels).body("/Box").mesh
    rim = spline(2**levels)
    assert rim[0] == pytest.approx([2 / 3, -2 / 3])
    for height in (-1.0, 1.0):
        gaps = np.abs(mesh.points - np.insert(rim, 2, height, axis=1)[:, None]).max(axis=2).min(axis=1)
        assert gaps.max() < 1e-14
    x, y = rim.T
    assert mesh.volume == pytest.approx(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)), rel=1e-14)


@pytest.mark.parametrize("name", ["corner", "crease"])
def test_without_sharpness_a_mesh_is_smooth_to_the_last_bit(opened, name):
    creases = RIMS + "float[] creaseSharpnesses = [0, 0]"
    authored = {"corner": "int[] cornerIndices = [7]\nfloat[] cornerSharpnesses = [0]", "crease": creases}[name]
    smooth, tagged = (opened(CUBE % lines, 2).body("/Box").mesh for lines in ("", authored))
    assert np.array_equal(smooth.points, tagged.points)
    assert np.array_equal(smooth.faces, tagged.faces)


def test_one_sharpness_a_crease_is_one_for_each_of_its_edges(opened):
    whole, each = (opened(CUBE % f"{RIMS}float[] creaseSharpnesses = {s}", 2) for s in ([3, 0.5], [3] * 4 + [0.5] * 4))
    assert np.array_equal(whole.body("/Box").mesh.points, each.body("/Box").mesh.points)
    assert whole.report.used[0].centre[2] < -0.1  # The sharper rim is the lower one.


def test_a_cage_knows_no_creases(opened):
    assert np.array_equal(
        opened(CUBE % (RIMS + "float[] creaseSharpnesses = [3, 3]"), 0).body("/Box").mesh.points,
        opened(CUBE % "", 0).body("/Box").mesh.points,
    )


def test_a_sharp_corner_stays_and_the_others_do_not_know_of_it(opened):
    tag = "int[] cornerIndices = [7]\nfloat[] cornerSharpnesses = [10]"
    mesh = opened(CUBE % tag, 3).body("/Box").mesh
    assert np.array_equal(mesh.points[7], [1, 1, 1])
    assert np.abs(mesh.points[:7]) == pytest.approx(np.full((7, 3), 0.5))


@pytest.mark.parametrize("whole", [1, 2])
def test_a_whole_sharpness_is_as_many_sharp_steps_and_smooth_ones_after(whole):
    sharp = box(np.inf)
    for _ in range(whole):
        sharp = refine(sharp)
    then = replace(sharp, edge_sharpness=0.0 * sharp.counts.repeat(4), point_sharpness=np.zeros(len(sharp.points)))
    assert limit_surface(box(float(whole)), whole + 1).points == pytest.approx(limit_surface(then, 1).points, abs=1e-14)


def test_a_fraction_blends_the_sharp_step_and_the_smooth_one():
    """(1 - s) smooth + s sharp, of edges and corners alike."""
    smooth, sharp, corners = refine(box(0.0)).points, refine(box(np.inf)).points, {k: 0.3 for k in range(8)}
    assert refine(box(0.3)).points == pytest.approx(0.7 * smooth + 0.3 * sharp, abs=1e-14)
    assert refine(box(0.0, corners)).points[:8] == pytest.approx(0.7 * smooth[:8] + 0.3 * POINTS, abs=1e-14)


def test_what_ends_in_a_step_blends_its_rule_with_the_next():
    """At point 0: creases of 0.5 and 3 to 1 and 2, then one of 0.25 to 4 as well, then infinite ones and a corner of 0.5."""
    smooth, crease = refine(box(0.0)).points[0], POINTS[[0, 1, 2]].T @ [0.75, 0.125, 0.125]
    rules = (
        ({(0, 1): 0.5, (0, 2): 3.0}, {}, 0.5 * crease + 0.5 * smooth),
        ({(0, 1): 0.5, (0, 2): 3.0, (0, 4): 0.25}, {}, 0.375 * POINTS[0] + 0.625 * smooth),
        ({(0, 1): np.inf, (0, 2): 3.0, (0, 4): 0.25}, {}, 0.25 * POINTS[0] + 0.75 * crease),
        ({(0, 1): np.inf, (0, 2): np.inf}, {0: 0.5}, 0.5 * POINTS[0] + 0.5 * crease),
        ({(0, 1): np.inf}, {}, smooth),
    )
    for edges, corners, expected in rules:
        assert refine(box(edges, corners)).points[0] == pytest.approx(expected, abs=1e-15)


def test_a_point_has_the_same_limit_at_every_level():
    """With sharpness left after the last one, with ends of infinite creases, and where many meet."""
    edges = {(0, 1): 0.5, (1, 3): 3.0, (4, 5): np.inf, (5, 7): 0.3, (2, 6): 4.25, (3, 7): 1.0}
    cage = box(edges, {6: 2.5, 2: 0.75})
    coarse = limit_surface(cage, 1).points
    for levels in (2, 4):
        assert limit_surface(cage, levels).points[: len(coarse)] == pytest.approx(coarse, abs=1e-13)


def test_a_sharper_crease_is_a_fuller_body(opened):
    """From the smooth ball to the prism of sharp rims; each 1 halves the fillet's radius and leaves a quarter of its gap."""
    rims = [f"{RIMS}float[] creaseSharpnesses = [{s}, {s}]" for s in (0, 0.5, 1, 1.5, 2, 3, 10)]
    volumes = [opened(CUBE % rim, 5).body("/Box").mesh.volume for rim in rims]
    assert np.all(np.diff(volumes) > 0)
    _, _, one, _, two, three, whole = volumes
    assert (whole - one) / (whole - two) == pytest.approx(4.0, rel=0.05)
    assert (whole - two) / (whole - three) == pytest.approx(4.0, rel=0.05)


def test_boxes_that_share_an_edge_keep_its_ends():
    """Four faces meet there, and six faces but five edges at its ends: no smooth rule is meant for that."""
    second = np.where(np.isin(INDICES, [0, 1]), INDICES, INDICES + 6)
    points = np.concatenate([POINTS, np.random.default_rng(4).normal(size=(6, 3))])
    cage = Cage(points, np.full(12, 4), np.concatenate([INDICES, second]), np.zeros(48), np.zeros(14))
    assert np.array_equal(limit_surface(cage, 2).points[:2], points[:2])


SHEET = """def Mesh "Box" {
    int[] faceVertexCounts = [4, 4]
    int[] faceVertexIndices = [0, 1, 4, 3, 1, 2, 5, 4]
    point3f[] points = [(0, 0, 0), (1, 0, 0), (2, 0, 0), (0, 1, 0), (1, 1, 0), (2, 1, 0)]
    uniform token interpolateBoundary = "%s"
}"""


@pytest.mark.parametrize(("boundary", "corner"), [("edgeAndCorner", 0.0), ("edgeOnly", 1 / 6), ("none", 1 / 6)])
def test_corners_of_an_open_mesh_are_sharp_or_follow_the_spline(opened, boundary, corner):
    """(a + 4 P + b) / 6 where they do; faces at the border are read with `none` too, which is told."""
    scene = opened(SHEET % boundary, 2)
    assert scene.body("/Box").mesh.points[0] == pytest.approx([corner, corner, 0.0], abs=1e-15)
    assert ("interpolateBoundary is none" in str(scene.report)) == (boundary == "none")
    closed = opened(CUBE % f'uniform token interpolateBoundary = "{boundary}"', 1)
    assert "interpolateBoundary" not in str(closed.report)


CREASE = "int[] creaseIndices = [0, 1, 3]\nint[] creaseLengths = [3]\nfloat[] creaseSharpnesses = [2]"
CORNER = "int[] cornerIndices = [0, 7]\nfloat[] cornerSharpnesses = [2, 3]"
BAD = {
    "index above": (CREASE.replace("3]\nint", "8]\nint"), "creaseIndices run from 0 to 8, but 0 to 7 is allowed"),
    "index below": (CREASE.replace("[0,", "[-1,"), "creaseIndices run from -1 to 3"),
    "no such edge": (CREASE.replace("[0,", "[7,"), "creaseIndices connect the points 7 and 1, but the mesh has no such edge"),
    "point to itself": (CREASE.replace("[0,", "[1,"), "creaseIndices connect the points 1 and 1"),
    "lengths too long": (CREASE.replace("[3]", "[4]"), "creaseLengths sum to 4, but there are 3 creaseIndices"),
    "no lengths": (CREASE.replace("[3]", "[]"), "creaseLengths sum to 0, but there are 3 creaseIndices"),
    "a crease of one point": (CREASE.replace("[3]", "[2, 1]"), "creaseLengths sum to 3, 1 of them below 2"),
    "too many": (CREASE.replace("[2]", "[2, 2, 2]"),
        r"creaseSharpnesses has 3 entries, but must have one for each of creaseLengths \(1\) or edges of the creases \(2\)"),
    "no sharpness": (CREASE.replace("[2]", "[]"), "creaseSharpnesses has 0 entries"),
    "nan": (CREASE.replace("[2]", "[nan]"), r"creaseSharpnesses contains nan; use 0 \(smooth\) to 10"),
    "below 0": (CREASE.replace("[2]", "[-1]"), "creaseSharpnesses contains -1.0"),
    "text": (CREASE.replace("float[]", "string").replace("[2]", '"very"'), "creaseSharpnesses is a str, but must be an array"),
    "corner above": (CORNER.replace("7", "8"), "cornerIndices run from 0 to 8, but 0 to 7 is allowed"),
    "corner without sharpness": (CORNER.replace("[2, 3]", "[2]"),
        r"cornerSharpnesses has 1 entries, but must have one for each of cornerIndices \(2\)"),
    "corner nan": (CORNER.replace("[2, 3]", "[2, nan]"), "cornerSharpnesses contains nan"),
    "boundary": ('uniform token interpolateBoundary = "edges"', "interpolateBoundary is 'edges'; allowed are none, edgeOnly"),
}


@pytest.mark.parametrize("name", BAD)
def test_creases_that_cannot_be_are_refused_by_prim_and_attribute(opened, name):
    lines, message = BAD[name]
    with pytest.raises(SceneError, match="/Box: " + message):
        opened(CUBE % lines, 1)
    assert opened(CUBE % lines, 0).body("/Box").mesh.volume == pytest.approx(8.0)
