"""Cases for tests: a small scene, and files around it."""

from pxr import Gf, Sdf, Usd, UsdGeom

from sparselbm.case.write import write_template
from sparselbm.scene.usd import Scene


def write_scene(path):
    """A Z-up stage in centimetres: two cubes of 1 m, and an instance of a third."""
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, "Z")
    UsdGeom.SetStageMetersPerUnit(stage, 0.01)
    stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/World").GetPrim())
    stage.CreateClassPrim("/Parts")
    UsdGeom.Xform(stage.DefinePrim("/Parts/Box", "Xform"))
    UsdGeom.Cube.Define(stage, "/Parts/Box/Surface").CreateSizeAttr(100.0)
    for name, x in (("Body", 0.0), ("Other", 250.0)):
        cube = UsdGeom.Cube.Define(stage, f"/World/{name}")
        cube.CreateSizeAttr(100.0)
        cube.AddTranslateOp().Set(Gf.Vec3d(x, 0.0, 0.0))
    copy = UsdGeom.Xform.Define(stage, "/World/Copy")
    copy.AddTranslateOp().Set(Gf.Vec3d(0.0, 140.0, 0.0))
    copy.GetPrim().GetReferences().AddInternalReference(Sdf.Path("/Parts/Box"))
    copy.GetPrim().SetInstanceable(True)
    stage.GetRootLayer().Export(str(path))
    return path


def template(scene, suffix=".usda"):
    """The case around /World/Body that init would write."""
    return write_template(Scene.open(scene), "/World/Body", scene.with_name(f"case{suffix}"))


def altered(path, *changes):
    """A file with texts in it replaced."""
    text = path.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text)
    return path
