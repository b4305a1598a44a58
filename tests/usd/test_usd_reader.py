"""What a stage may be made of: each feature on a stage written for it, by volume and centre."""

import numpy as np
import pytest

from sparselbm.errors import SceneError
from sparselbm.scene.usd import Scene, variants_of

HEAD = """#usda 1.0
(
    metersPerUnit = 1
    upAxis = "Z"
)
"""
CUBE_MESH = """
    int[] faceVertexCounts = [4, 4, 4, 4, 4, 4]
    int[] faceVertexIndices = [0, 2, 3, 1, 4, 5, 7, 6, 0, 1, 5, 4, 2, 6, 7, 3, 0, 4, 6, 2, 1, 3, 7, 5]
    point3f[] points = [(-1, -1, -1), (1, -1, -1), (-1, 1, -1), (1, 1, -1), (-1, -1, 1), (1, -1, 1), (-1, 1, 1), (1, 1, 1)]
"""


@pytest.fixture
def stage_of(tmp_path):
    def write(text, name="scene.usda"):
        (tmp_path / name).write_text(HEAD + text)
        return tmp_path / name

    return write


def used(scene, path):
    """The report's account of a body."""
    return next(each for each in scene.report.used if each.path == path)


VARIANTS = """
def Xform "Car" (
    variants = {
        string slant = "flat"
    }
    prepend variantSets = "slant"
)
{
    variantSet "slant" = {
        "flat" {
            def Cube "Body" {
                double size = 1
            }
        }
        "steep" (
            prepend variantSets = "wing"
        ) {
            def Cube "Body" {
                double size = 2
                double3 xformOp:translate = (0, 0, 3)
                uniform token[] xformOpOrder = ["xformOp:translate"]
            }
            variantSet "wing" = {
                "none" {
                }
                "small" {
                    def Cube "Wing" {
                        double size = 0.5
                    }
                }
            }
        }
    }
}
"""


def test_variants_are_chosen_above_the_scene_which_stays_as_it_is(stage_of):
    path = stage_of(VARIANTS)
    before = path.read_bytes()
    assert Scene.open(path).body("/Car").mesh.volume == pytest.approx(1.0)
    steep = Scene.open(path, variants={"/Car:slant": "steep"})
    assert used(steep, "/Car/Body").volume == pytest.approx(8.0)
    assert used(steep, "/Car/Body").centre == pytest.approx((0, 0, 3))
    winged = Scene.open(path, variants={"/Car:slant": "steep", "/Car:wing": "small"})
    assert winged.body("/Car").mesh.volume == pytest.approx(8.125)
    assert variants_of(path, "/Car:slant") == ("flat", "steep")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "choice", "message"),
    [
        ("/Cat:slant", "flat", "no prim '/Cat'; use one of /Car"),
        ("/Car:slont", "flat", "no variant set 'slont'; use one of slant"),
        ("/Car:slant", "step", "no variant 'step'; use one of steep, flat"),
        ("slant", "flat", "such as /Car:wheels"),
    ],
)
def test_variants_that_are_not_there_are_refused_by_name(stage_of, name, choice, message):
    with pytest.raises(SceneError, match=message):
        Scene.open(stage_of(VARIANTS), variants={name: choice})


def test_results_lie_over_the_variant_that_was_read(stage_of, tmp_path):
    from sparselbm.results.stage import ResultsStage
    from sparselbm.scene.usd import open_stage

    scene = Scene.open(stage_of(VARIANTS), variants={"/Car:slant": "steep"})
    with ResultsStage(scene.path, tmp_path / "out", "case", variants=scene.variants) as results:
        results.add_surface_fields(scene.body("/Car/Body"), {"pressure": np.arange(8.0)})
    stage = open_stage(results.path)
    assert stage.GetPrimAtPath("/Car/Body").GetAttribute("size").Get() == 2.0


SKELETON = """
def SkelRoot "Root" (
    prepend apiSchemas = ["SkelBindingAPI"]
)
{
    double3 xformOp:translate = (10, 0, 0)
    uniform token[] xformOpOrder = ["xformOp:translate"]
    rel skel:skeleton = </Root/Skel>
    def Skeleton "Skel" (
        prepend apiSchemas = ["SkelBindingAPI"]
    )
    {
        uniform token[] joints = ["A", "A/B"]
        uniform matrix4d[] bindTransforms = [((1,0,0,0),(0,1,0,0),(0,0,1,0),(0,0,0,1)), ((1,0,0,0),(0,1,0,0),(0,0,1,0),(0,0,2,1))]
        uniform matrix4d[] restTransforms = [((1,0,0,0),(0,1,0,0),(0,0,1,0),(0,0,0,1)), ((1,0,0,0),(0,1,0,0),(0,0,1,0),(0,0,2,1))]
        rel skel:animationSource = </Root/Skel/Walk>
        def SkelAnimation "Walk" {
            uniform token[] joints = ["A", "A/B"]
            float3[] translations.timeSamples = { 1: [(0,0,0), (0,0,2)], 3: [(0,0,0), (0,0,6)] }
            quatf[] rotations = [(1,0,0,0), (1,0,0,0)]
            half3[] scales = [(1,1,1), (1,1,1)]
        }
    }
    def Mesh "Box" (
        prepend apiSchemas = ["SkelBindingAPI"]
    )
    {
        uniform token subdivisionScheme = "none"
""" + CUBE_MESH + """
        int[] primvars:skel:jointIndices = [0, 0, 0, 0, 1, 1, 1, 1] (
            interpolation = "vertex"
            elementSize = 1
        )
        float[] primvars:skel:jointWeights = [1, 1, 1, 1, 1, 1, 1, 1] (
            interpolation = "vertex"
            elementSize = 1
        )
    }
}
"""


RATES = ("", "timeCodesPerSecond = 24", "timeCodesPerSecond = 25", "framesPerSecond = 30", "timeCodesPerSecond = 60")


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("time", "height"), [(None, 2.0), (1, 2.0), (2, 4.0), (3, 6.0)])
def test_a_skeleton_poses_its_meshes_and_the_file_is_untouched(stage_of, time, height, rate):
    """The upper face rides on a joint that rises from 2 to 6, its rest at 2: the box grows from 2 to 6, at every rate."""
    path = stage_of(SKELETON)
    path.write_text(path.read_text().replace("(\n", f"(\n{rate}\n", 1))
    before = path.read_bytes()
    scene = Scene.open(path, time=time)
    assert used(scene, "/Root/Box").volume == pytest.approx(4.0 * height, rel=1e-6)
    assert used(scene, "/Root/Box").centre == pytest.approx((10, 0, 0.5 * height - 1))
    assert scene.body("/Root/Box").parts[0].needs_mesh  # Its own points would be moved by the skeleton again.
    assert path.read_bytes() == before


def test_skeletons_within_instances_are_posed(stage_of):
    stage_of(SKELETON.replace("</Root", "</Root"), "walker.usda")
    path = stage_of("""
def "One" (
    references = @./walker.usda@</Root>
    instanceable = true
)
{
}
def "Two" (
    references = @./walker.usda@</Root>
    instanceable = true
)
{
    double3 xformOp:translate = (0, 20, 0)
}
""")
    scene = Scene.open(path, time=3)
    assert [each.volume for each in scene.report.used] == pytest.approx([24, 24])
    assert used(scene, "/Two/Box").centre == pytest.approx((0, 20, 2))


def test_the_limit_of_a_cube_is_the_exact_one_at_its_corners_and_face_centres(stage_of):
    """Halstead's mask gives 1/2 at the corners and 272/324 at the centres of the faces, at every level."""
    path = stage_of('def Mesh "Soft" {' + CUBE_MESH + "}")
    volumes = []
    for levels in (1, 2, 3, 4):
        scene = Scene.open(path, subdivision_levels=levels)
        points = scene.body("/Soft").mesh.points
        assert len(points) == 6 * 4**levels + 2
        assert np.abs(points[:8]) == pytest.approx(np.full((8, 3), 0.5))
        assert points.max() == pytest.approx(272 / 324)
        assert used(scene, "/Soft").centre == pytest.approx((0, 0, 0), abs=1e-12)
        assert not [note for note in scene.report.doubtful if "/Soft" in note.path]
        volumes.append(used(scene, "/Soft").volume)
    _, second, third = np.diff(volumes)
    assert np.log2(second / third) == pytest.approx(2.0, abs=0.1)
    assert Scene.open(path).body("/Soft").mesh.volume == pytest.approx(8.0)


def test_an_open_cage_follows_the_spline_of_its_border_and_keeps_its_corners(stage_of):
    """A flat 2 x 2 grid stays flat; its middle border point lies at (0 + 4 * 1 + 2) / 6 of its neighbours."""
    path = stage_of("""def Mesh "Sheet" {
    int[] faceVertexCounts = [4, 4, 4, 4]
    int[] faceVertexIndices = [0, 1, 4, 3, 1, 2, 5, 4, 3, 4, 7, 6, 4, 5, 8, 7]
    point3f[] points = [(0,0,0), (1,-3,0), (2,0,0), (0,1,0), (1,1,0), (2,1,0), (0,2,0), (1,2,0), (2,2,0)]
}""")
    for levels in (1, 3):
        points = Scene.open(path, subdivision_levels=levels).body("/Sheet").mesh.points
        assert points[[0, 2, 6, 8]] == pytest.approx(np.array([[0, 0, 0], [2, 0, 0], [0, 2, 0], [2, 2, 0]]))
        assert points[1] == pytest.approx([1, -2, 0])


def test_holes_of_a_subdivided_mesh_stay_holes(stage_of):
    cube = 'def Mesh "Soft" {%s' + CUBE_MESH + "}"
    whole, holed = (stage_of(cube % line, f"{n}.usda") for n, line in enumerate(("", "int[] holeIndices = [1]\n")))
    soft, full = (Scene.open(path, subdivision_levels=2).body("/Soft").mesh.area for path in (holed, whole))
    share = soft / full
    assert share == pytest.approx(5 / 6)


def test_an_open_mesh_has_an_inside_by_winding_number(stage_of, device):
    """A ball of 1280 faces that lacks two of them: cells whose centre is inside add up to its volume within 1e-3."""
    from sparselbm.geometry import SurfaceQuery, TriangleMesh

    ball = TriangleMesh.sphere(1.0, subdivisions=3)
    faces = ball.faces[2:].ravel().tolist()
    points = ", ".join(f"({x}, {y}, {z})" for x, y, z in ball.points)
    path = stage_of(f"""def Mesh "Ball" {{
    int[] faceVertexCounts = {[3] * (len(ball.faces) - 2)}
    int[] faceVertexIndices = {faces}
    point3f[] points = [{points}]
    uniform token subdivisionScheme = "none"
}}""")
    mesh = Scene.open(path).body("/Ball").mesh
    ticks = (np.arange(80) + 0.5) / 40 - 1
    grid = np.stack(np.meshgrid(ticks, ticks, ticks, indexing="ij"), axis=-1).reshape(-1, 3)
    radius = np.linalg.norm(grid, axis=1)
    query, core, shell = SurfaceQuery(mesh, device=device), grid[radius < 0.9], grid[(radius >= 0.9) & (radius < 1.02)]
    assert np.all(query.signed_distance(core[::50]) < 0)
    inside = np.concatenate([core, shell[query.signed_distance(shell) < 0]])
    assert len(inside) / 40**3 == pytest.approx(ball.volume, rel=1e-3)
    assert inside.mean(axis=0) == pytest.approx([0, 0, 0], abs=1e-3)


def test_ten_thousand_prims_a_thousand_deep(stage_of):
    step = 'double3 xformOp:translate = (1, 0, 0)\nuniform token[] xformOpOrder = ["xformOp:translate"]\n'
    beside = "".join(f'def Xform "b{j}" {{\n}}\n' for j in range(9))
    chain = "".join(f'def Xform "a{i}" {{\n{step}{beside}' for i in range(1000))
    scene = Scene.open(stage_of(chain + 'def Cube "Box" {\n}\n' + "}\n" * 1000))
    assert len(scene.prim_paths) == 10_001
    (box,) = scene.report.used
    assert box.volume == pytest.approx(8.0)
    assert box.centre == pytest.approx((1000, 0, 0))


def test_what_lies_outside_of_the_folder_is_reported_or_refused_unread(stage_of, tmp_path):
    (tmp_path / "inner").mkdir()
    stage_of('def Xform "Part" {\n def Cube "Box" {\n}\n}', "part.usda")
    path = stage_of('def "Car" (references = @../part.usda@</Part>) {\n}', "inner/scene.usda")
    scene = Scene.open(path)
    assert used(scene, "/Car/Box").volume == pytest.approx(8.0)
    assert any(note.path == "/Car" and "../part.usda, outside of" in note.reason for note in scene.report.doubtful)
    with pytest.raises(SceneError, match=r"/Car: it refers to \.\./part\.usda, outside of .*local_files_only=True"):
        Scene.open(path, local_files_only=True)
    (tmp_path / "inner" / "link.usda").symlink_to("../part.usda")
    linked = stage_of('def "Car" (references = @./link.usda@</Part>) {\n}', "inner/linked.usda")
    with pytest.raises(SceneError, match=r"/Car: it refers to \./link\.usda"):
        Scene.open(linked, local_files_only=True)
    stage_of('def Xform "Part" {\n def Cube "Box" {\n}\n}', "inner/own.usda")
    own = stage_of('def "Car" (references = @./own.usda@</Part>) {\n}', "inner/tidy.usda")
    assert Scene.open(own, local_files_only=True).report.doubtful == ()
