"""Cases for tests: a small scene, and files around it."""

from case_settings import with_settings
from pxr import Gf, Sdf, Usd, UsdGeom

from sparselbm.case import Case, CaseObstacle, SceneFile
from sparselbm.case.write import write_template


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


def case_of(scene, body="/World/Body", collection=None, **parts):
    """The case around a body, or a collection of it."""
    return Case(scene=SceneFile(file=str(scene)), obstacle={body: CaseObstacle(role="design", collection=collection)}, **parts)


def template(scene, suffix=".usda", case=None):
    """The case around /World/Body that init would write."""
    case = case or case_of(scene)
    return write_template(case, plain_scene(case), scene.with_name(f"case{suffix}"))


def plain_scene(case):
    """The scene without roles."""
    return Case(scene=case.scene).read_scene()


def altered(path, *changes):
    """A file with texts in it replaced, given as pairs, and settings by their names."""
    for change in changes:
        if isinstance(change, dict):
            with_settings(path, change)
            continue
        old, new = change
        text = path.read_text()
        assert old in text, old
        path.write_text(text.replace(old, new, 1))
    return path
