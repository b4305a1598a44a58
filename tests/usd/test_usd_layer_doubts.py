"""Layers with another unit, vertical axis or rate than the stage: named with the size that results, whatever brings them in."""

import pytest

from sparselbm.scene.usd import Scene

PART = """#usda 1.0
(
    defaultPrim = "Car"
    metersPerUnit = 0.01
    upAxis = "Y"
)
def Xform "Car"
{
    def Cube "Body"
    {
        double size = 1
        float3 xformOp:scale = (460, 140, 180)
        uniform token[] xformOpOrder = ["xformOp:scale"]
    }
}
"""
HEAD = """(
    metersPerUnit = 1
    upAxis = "Z"
    {more}
)
"""
ARCS = {
    "reference": 'def Xform "Car" (\nreferences = @./part.usda@\n) {}',
    "payload": 'def Xform "Car" (\npayload = @./part.usda@\n) {}',
    "instance": 'def Xform "Car" (\ninstanceable = true\nreferences = @./part.usda@\n) {}',
    "reference below": 'def Xform "World" {\ndef Xform "Car" (\nreferences = @./part.usda@\n) {}\n}',
    "nested references": 'def Xform "Car" (\nreferences = @./between.usda@\n) {}',
    "variant": 'def Xform "Car" (\nvariants = {\nstring kind = "cm"\n}\nprepend variantSets = "kind"\n) {\n'
    'variantSet "kind" = {\n"cm" (\nreferences = @./part.usda@\n) {\n}\n}\n}',
    "inherits": 'def Xform "Car" (\ninherits = </_car>\n) {}\nclass "_car" (\nreferences = @./part.usda@\n) {}',
    "specializes": 'def Xform "Car" (\nspecializes = </_car>\n) {}\nclass "_car" (\nreferences = @./part.usda@\n) {}',
    "copies": 'def PointInstancer "Cars" {\nrel prototypes = </Cars/Car>\nint[] protoIndices = [0]\n'
    'point3f[] positions = [(0, 0, 0)]\n'
    'def Xform "Car" (\nreferences = @./part.usda@\n) {}\n}',
    "sublayer": "",
    "inherits of a sublayer": 'def Xform "Other" (\ninherits = </Car>\n) {}',
}


@pytest.fixture
def stage(tmp_path):
    def write(text, more="", part=PART):
        (tmp_path / "part.usda").write_text(part)
        (tmp_path / "between.usda").write_text(
            '#usda 1.0\n(\nmetersPerUnit = 1\nupAxis = "Z"\ndefaultPrim = "Car"\n)\ndef "Car" (\nreferences = @./part.usda@\n) {}'
        )
        path = tmp_path / "scene.usda"
        path.write_text("#usda 1.0\n" + HEAD.format(more=more) + text)
        return path

    return write


@pytest.mark.parametrize("arc", ARCS)
def test_a_layer_of_another_unit_and_axis_is_a_doubt(stage, arc):
    """A car of 4.6 m in centimetres on a stage in metres: OpenUSD does not convert it, whatever brings it in."""
    part = PART.replace("def Xform", "class Xform") if arc == "inherits of a sublayer" else PART
    scene = Scene.open(stage(ARCS[arc], "subLayers = [@./part.usda@]" if "sublayer" in arc else "", part))
    doubts = [note for note in scene.report.doubtful if "part.usda" in note.reason]
    assert len(doubts) == 1
    assert doubts[0].path == scene.bodies[0].path
    for expected in ("metersPerUnit 0.01 and upAxis Y, but the stage has metersPerUnit 1 and upAxis Z", "460 x 140 x 180 m"):
        assert expected in doubts[0].reason


@pytest.mark.parametrize(
    ("part", "ops", "expected"),
    [
        (PART, "scale = (0.01, 0.01, 0.01)", "upAxis Y, but the stage has upAxis Z"),
        (PART, "rotateX = 90", "metersPerUnit 0.01, but the stage has metersPerUnit 1"),
        (PART.replace('"Y"', '"Z"'), "", "metersPerUnit 0.01, but"),
        (PART.replace("0.01", "1"), "", "upAxis Y, but"),
        (PART.replace("metersPerUnit = 0.01", "").replace('upAxis = "Y"', ""), "", "metersPerUnit 0.01 and upAxis Y"),
    ],
)
def test_only_what_differs_and_is_not_made_up_for_is_named(stage, part, ops, expected):
    """The part is a cube of one unit here, so that its own scale is no conversion."""
    part = part.replace("(460, 140, 180)", "(1, 1, 1)")
    scene = Scene.open(stage(_referring(ops), part=part))
    assert expected in scene.report.doubtful[0].reason


@pytest.mark.parametrize(
    ("text", "more", "part"),
    [
        ("SCALED", "", PART.replace("(460, 140, 180)", "(1, 1, 1)")),
        (ARCS["reference"], "", PART.replace("0.01", "1").replace('"Y"', '"Z"')),
        ("", "subLayers = [@./part.usda@]", PART.replace("metersPerUnit = 0.01", "").replace('upAxis = "Y"', "")),
        (
            'def Cube "Box" {}\ndef "Look" (\nreferences = @./part.usda@</Car/Look>\n) {}', "",
            PART.replace("def Cube", 'def Material "Look" {\n}\ndef Cube'),
        ),
    ],
    ids=["converted by hand", "equal", "a sublayer that says nothing", "a layer without geometry"],
)
def test_layers_that_change_no_size_are_no_doubt(stage, text, more, part):
    text = _referring("scale = (0.01, 0.01, 0.01)", "rotateX = 90") if text == "SCALED" else text
    assert Scene.open(stage(text, more, part)).report.doubtful == ()


def test_equal_differences_are_one_note(stage, tmp_path):
    path = stage("".join(f'def "Car{k}" (\nreferences = @./part{k}.usda@\n) {{}}\n' for k in range(5)))
    for k in range(5):
        (tmp_path / f"part{k}.usda").write_text(PART)
    (note,) = Scene.open(path).report.doubtful
    assert note.path == "/"
    assert "part0.usda, part1.usda, part2.usda and 2 more layers" in note.reason


@pytest.mark.parametrize("rate", [24, 30, 48])
@pytest.mark.parametrize("arc", ["reference", "sublayer"])
def test_an_animated_layer_of_another_rate_is_a_doubt(stage, arc, rate):
    """One second of the part is one second of the stage: its time code 30 is the stage's 48."""
    moving = f"double3 xformOp:translate.timeSamples = {{ 0: (0, 0, 0), {rate}: (1, 0, 0) }}"
    part = PART.replace("0.01", "1").replace('"Y"', f'"Z"\n    timeCodesPerSecond = {rate}')
    part = part.replace("double size = 1", f"double size = 1\n{moving}")
    part = part.replace('["xformOp:scale"]', '["xformOp:translate", "xformOp:scale"]')
    more = "timeCodesPerSecond = 48" + ("\nsubLayers = [@./part.usda@]" if arc == "sublayer" else "")
    scene = Scene.open(stage(ARCS[arc], more, part), time=24)
    assert scene.report.used[0].centre[0] == pytest.approx(0.5)
    if rate == 48:
        assert scene.report.doubtful == ()
    else:
        (note,) = scene.report.doubtful
        assert f"timeCodesPerSecond is {rate} in part.usda, but 48 on the stage" in note.reason


def _referring(*ops):
    names = ", ".join(f'"xformOp:{op.split(" ")[0]}"' for op in ops if op)
    lines = "\n".join(f"{'float3' if 'scale' in op else 'float'} xformOp:{op}" for op in ops if op)
    return f'def Xform "Car" (\nreferences = @./part.usda@\n) {{\n{lines}\nuniform token[] xformOpOrder = [{names}]\n}}'
