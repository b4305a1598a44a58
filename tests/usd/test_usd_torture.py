"""One stage of all that is awkward, with its report as expected output."""

import time

import pytest

from sparselbm.scene.usd import Scene

CUBE = """
        int[] faceVertexCounts = [4, 4, 4, 4, 4, 4]
        int[] faceVertexIndices = [0, 2, 3, 1, 4, 5, 7, 6, 0, 1, 5, 4, 2, 6, 7, 3, 0, 4, 6, 2, 1, 3, 7, 5]
        point3f[] points = [(-1,-1,-1), (1,-1,-1), (-1,1,-1), (1,1,-1), (-1,-1,1), (1,-1,1), (-1,1,1), (1,1,1)]
"""
PLAIN = CUBE + 'uniform token subdivisionScheme = "none"\n'
PART = f"""#usda 1.0
(defaultPrim = "Part")
def Xform "Part" {{
    def Mesh "Box" {{{PLAIN}
    }}
}}
"""
STAGE = f"""#usda 1.0
(
    metersPerUnit = 0.01
    upAxis = "Y"
)
def Xform "World" {{
    double3 xformOp:scale = (100, 100, 100)
    uniform token[] xformOpOrder = ["xformOp:scale"]
    def "Instance" (
        references = @./part.usda@
        instanceable = true
    ) {{
        double3 xformOp:translate.timeSamples = {{ 1: (3, 0, 0), 2: (9, 0, 0) }}
        uniform token[] xformOpOrder = ["xformOp:translate"]
    }}
    def "Payload" (payload = @./part.usda@) {{
        double3 xformOp:scale = (-1, 1, 3)
        uniform token[] xformOpOrder = ["xformOp:scale"]
    }}
    def Mesh "LeftHanded" {{{PLAIN.replace("[0, 2, 3, 1, 4, 5, 7, 6, 0, 1, 5, 4, 2, 6, 7, 3, 0, 4, 6, 2, 1, 3, 7, 5]",
        "[1, 3, 2, 0, 6, 7, 5, 4, 4, 5, 1, 0, 3, 7, 6, 2, 2, 6, 4, 0, 5, 7, 3, 1]")}
        uniform token orientation = "leftHanded"
    }}
    def Mesh "Smooth" {{{CUBE}
        uniform token subdivisionScheme = "catmullClark"
    }}
    def PointInstancer "Copies" {{
        rel prototypes = </World/Copies/Block>
        int[] protoIndices = [0, 0, 0]
        int64[] ids = [5, 6, 7]
        int64[] invisibleIds = [6]
        point3f[] positions = [(0, 0, 0), (5, 0, 0), (10, 0, 0)]
        def Cube "Block" {{
        }}
    }}
    def Xform "Car" (
        variants = {{
            string size = "large"
        }}
        prepend variantSets = "size"
    ) {{
        variantSet "size" = {{
            "large" {{
                def Cube "Body" {{
                    double size = 3
                }}
            }}
            "small" {{
                def Cube "Body" {{
                    double size = 1
                }}
            }}
        }}
    }}
    def Cube "Hidden" {{
        token visibility = "invisible"
    }}
    def Cube "Guide" {{
        uniform token purpose = "guide"
    }}
    def Cube "Off" (active = false) {{
    }}
    def Mesh "Empty" {{
    }}
}}
class Xform "Shared" {{
}}
"""
REPORT = """\
read      /World/Instance/Box: 2 x 2 x 2 m, volume 8 m^3, area 24 m^2
read      /World/Payload/Box: 2 x 2 x 6 m, volume 24 m^3, area 56 m^2
read      /World/LeftHanded: 2 x 2 x 2 m, volume 8 m^3, area 24 m^2
read      /World/Smooth: 2 x 2 x 2 m, volume 8 m^3, area 24 m^2
read      /World/Copies: 12 x 2 x 2 m, volume 16 m^3, area 48 m^2
read      /World/Car/Body: 1 x 1 x 1 m, volume 1 m^3, area 6 m^2
skipped   /World/Copies[1]: the copy with id 6 is masked
skipped   /World/Copies/Block: only the copies of it that /World/Copies draws are read
skipped   /World/Hidden: its visibility is invisible
skipped   /World/Guide: its purpose is guide: only default and render are read
skipped   /World/Off: it is deactivated
skipped   /Shared: it is a class: only prims that inherit from it are read
skipped   /World/Empty: the mesh is empty: it has no faces
doubtful  /World/Smooth: subdivisionScheme is catmullClark; its cage is read, not the smooth limit"""


def test_the_report_is_as_expected_within_a_second(tmp_path):
    (tmp_path / "part.usda").write_text(PART)
    path = tmp_path / "torture.usda"
    path.write_text(STAGE)
    began = time.process_time()
    scene = Scene.open(path, time=2, variants={"/World/Car:size": "small"})
    assert time.process_time() - began < 1.0
    assert str(scene.report) == REPORT
    assert scene.report.used[0].centre == pytest.approx((9, 0, 0))
    assert scene.report.used[4].centre == pytest.approx((5, 0, 0))
    assert path.read_text() == STAGE
