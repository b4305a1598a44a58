"""Bad stages are refused by the name of the prim, whatever is wrong with them."""

import pytest

from sparselbm.errors import SceneError
from sparselbm.scene.usd import Scene, traversal

HEAD = '#usda 1.0\n(metersPerUnit = 1\nupAxis = "Z")\n'
GOOD = "[(0, 0, 0), (1, 0, 0), (0, 1, 0)]"


def mesh(points=GOOD, counts="[3]", indices="[0, 1, 2]", kind="point3f[]"):
    return f"""def Mesh "Bad" {{
    {kind} points = {points}
    int[] faceVertexCounts = {counts}
    int[] faceVertexIndices = {indices}
    uniform token subdivisionScheme = "none"
}}"""


def scaled(scale):
    return f"""def Cube "Bad" {{
    double3 xformOp:scale = {scale}
    uniform token[] xformOpOrder = ["xformOp:scale"]
}}"""


def instancer(lines, name="Bad"):
    return f'def PointInstancer "{name}" {{\n{lines}\ndef Cube "Box" {{\n}}\n}}'


PLACED = "rel prototypes = </Bad/Box>\nint[] protoIndices = [0, 0]\n"
TWO = "point3f[] positions = [(0, 0, 0), (1, 1, 1)]\n"

CASES = {
    "reference to nothing": ('def "Bad" (references = @./gone.usda@) {\n}', "/Bad: .*gone.usda"),
    "reference to no prim": ('def "Bad" (references = </Nil>) {\n}', "/Bad: Unresolved reference"),
    "missing payload": ('def "Bad" (payload = @./gone.usda@</A>) {\n}', "/Bad: .*gone.usda.* for payload"),
    "cyclic reference": ('def "Bad" (references = @./scene.usda@</Bad>) {\n}', "/Bad: Cycle detected"),
    "cyclic payload": ('def "Bad" (payload = @./scene.usda@</Bad>) {\n}', "/Bad: Cycle detected"),
    "points of text": (mesh('"far away"', kind="string"), "/Bad: points is a str, but must be .*point3f"),
    "points of single numbers": (mesh("[0, 1, 2]", kind="float[]"), "/Bad: points is a FloatArray"),
    "counts of one number": (mesh().replace("int[] faceVertexCounts = [3]", "int faceVertexCounts = 3"), "/Bad: faceVer"),
    "radius of text": ('def Sphere "Bad" {\nstring radius = "big"\n}', "/Bad: radius is a str, but must be a number"),
    "radius below 0": ('def Sphere "Bad" {\ndouble radius = -1\n}', "/Bad: radius is -1.0; use a finite length"),
    "axis that is none": ('def Cone "Bad" {\ntoken axis = "Q"\n}', "/Bad: axis is 'Q'; allowed are X, Y, Z"),
    "translation of text": (scaled('"x"').replace("double3", "string"), "/Bad: USD cannot compute its transform"),
    "empty points": (mesh("[]"), "/Bad: points is empty, but there are 3 faceVertexIndices"),
    "index above": (mesh(indices="[0, 1, 9]"), "/Bad: faceVertexIndices run from 0 to 9, but 0 to 2 is allowed"),
    "index below": (mesh(indices="[0, 1, -1]"), "/Bad: faceVertexIndices run from -1 to 1, but 0 to 2 is allowed"),
    "counts that do not add up": (mesh(counts="[4]"), "/Bad: faceVertexCounts sum to 4, but there are 3 faceVertexIndices"),
    "counts below 0": (mesh(counts="[6, -3]"), "/Bad: faceVertexCounts .* 1 of them below 0"),
    "huge coordinate": (mesh("[(0, 0, 0), (1e30, 0, 0), (0, 1, 0)]"), r"/Bad: point 1 of 3 is 1e\+30 m .* limit of 1e\+07"),
    "huge scale": (scaled("(1e200, 1, 1)"), r"/Bad: point \d of 8 is 1e\+200 m"),
    "coordinate nan": (mesh("[(0, 0, nan), (1, 0, 0), (0, 1, 0)]"), "/Bad: point 0 of 3 is"),
    "scale nan": (scaled("(nan, 1, 1)"), "/Bad: point 0 of 8 is"),
    "too few positions": (instancer(PLACED + "point3f[] positions = [(0, 0, 0)]"), "/Bad: positions has 1 entries, .* 2"),
    "too few ids": (instancer(PLACED + TWO + "int64[] ids = [7]"), "/Bad: ids has 1 entries, but protoIndices 2"),
    "prototype out of range": (instancer(PLACED.replace("[0, 0]", "[0, 4]") + TWO), "/Bad: protoIndices run from 0 to 4"),
    "prototype that is not there": (instancer(PLACED.replace("Box", "Nil") + TWO), "/Bad: its prototype /Bad/Nil does not exist"),
    "instancer of itself": (
        instancer("rel prototypes = </Bad>\nint[] protoIndices = [0]\npoint3f[] positions = [(0, 0, 0)]"),
        "/Bad: this point instancer is part of its own prototype",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_prim_is_named(tmp_path, name):
    text, message = CASES[name]
    path = tmp_path / "scene.usda"
    path.write_text(HEAD + text + '\ndef Cube "Good" {\n}\n')
    with pytest.raises(SceneError, match=message):
        Scene.open(path)


@pytest.mark.parametrize("unit", ["0", "nan", "-1"])
def test_a_unit_without_length_is_refused(tmp_path, unit):
    path = tmp_path / "scene.usda"
    path.write_text(f'#usda 1.0\n(metersPerUnit = {unit})\ndef Cube "Good" {{\n}}\n')
    with pytest.raises(SceneError, match="metersPerUnit of the stage is"):
        Scene.open(path)


def bomb(depth):
    """Ten instances of ten instances of ...: 10^depth cubes."""
    text = HEAD + 'def "Top" (references = </L0>) {\n}\n'
    for i in range(depth):
        copies = "".join(f'def "c{j}" (references = </L{i + 1}>\ninstanceable = true) {{\n}}\n' for j in range(10))
        text += f'class Xform "L{i}" {{\n{copies}}}\n'
    return text + f'class Xform "L{depth}" {{\ndef Cube "Box" {{\n}}\n}}\n'


@pytest.mark.parametrize("rate", ["-inf", "inf", "nan", "0", "-24"])
@pytest.mark.parametrize("name", ["timeCodesPerSecond", "framesPerSecond"])
@pytest.mark.parametrize("where", ["of the stage", "of a sublayer"])
def test_a_rate_at_which_no_time_passes_is_refused(tmp_path, where, name, rate):
    """With -inf, sampling a motion did not end."""
    text = f'#usda 1.0\n(\n    metersPerUnit = 1\n    {name} = {rate}\n)\ndef Cube "Good" {{\n}}\n'
    path = tmp_path / "scene.usda"
    if where == "of the stage":
        path.write_text(text)
    else:
        (tmp_path / "below.usda").write_text(text)
        path.write_text("#usda 1.0\n(\n    metersPerUnit = 1\n    subLayers = [@./below.usda@]\n)\n")
    refused = r"timeCodesPerSecond of (scene|below)\.usda is .*, but must be finite and above 0|framesPerSecond = "
    with pytest.raises(SceneError, match=refused):
        Scene.open(path)


def test_a_thousand_million_instances_in_few_bytes_are_refused_on_the_way(tmp_path, monkeypatch):
    path = tmp_path / "scene.usda"
    path.write_text(bomb(9))
    assert path.stat().st_size < 9000
    monkeypatch.setattr(traversal, "MOST_PRIMS", 500)
    with pytest.raises(SceneError, match=r"/Top/c0.*501 prims and copies, above the limit of 500"):
        Scene.open(path)
    path.write_text(HEAD + instancer("rel prototypes = </Bad/Box>\n"
        f"int[] protoIndices = {[0] * 500}\npoint3f[] positions = {[(k, 0, 0) for k in range(500)]}"))
    with pytest.raises(SceneError, match="/Bad: with it the scene has 501 prims"):
        Scene.open(path)


def nested(levels, instanceable=False):
    """Ten references a level to the level below; at the bottom a triangle."""
    lines = [HEAD]
    for level in range(levels):
        target = f"/L{level + 1}" if level < levels - 1 else "/Bad"
        mark = f"(instanceable = {str(instanceable).lower()}\nreferences = <{target}>)"
        lines += [f'def Xform "L{level}" {{', *(f'def "c{k}" {mark} {{\n}}' for k in range(10)), "}"]
    return "\n".join([*lines, mesh()])


def test_references_to_references_are_counted_before_they_are_composed(tmp_path, monkeypatch):
    """Some kB, 10^9 prims: composing them would take all memory. Below the limit they are read."""
    path = tmp_path / "scene.usda"
    path.write_text(nested(9))
    assert path.stat().st_size < 9000
    with pytest.raises(SceneError, match=r"/L0/c\d: .* composes to 1,234,567,\d+ prims.* limit of 1,000,000; .* PointInstancer"):
        Scene.open(path)
    path.write_text(nested(2))
    # L0 with ten children, each with L1's ten, each of which is the triangle; beside it L1's own hundred, and the triangle.
    assert len(Scene.open(path).bodies) == 111
    path.write_text(nested(9, instanceable=True))
    monkeypatch.setattr(traversal, "MOST_PRIMS", 2000)
    with pytest.raises(SceneError, match="prims and copies, above the limit of 2,000"):
        Scene.open(path)


def test_a_design_mesh_keeps_its_faces_in_time(tmp_path):
    path = tmp_path / "scene.usda"
    path.write_text(HEAD + mesh().replace("faceVertexIndices = [0, 1, 2]",
        "faceVertexIndices.timeSamples = { 1: [0, 1, 2], 2: [0, 2, 1] }"))
    scene = Scene.open(path)
    assert "topology changes in time" in str(scene.report)
    with pytest.raises(SceneError, match="/Bad: its faces change in time"):
        scene.body("/Bad").require_fixed_topology()
