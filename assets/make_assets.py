"""Writes the scenes of this folder, which are its output: `python assets/make_assets.py [FOLDER]`.

bunny_tunnel.usda      Z-up metres; the Stanford bunny of Warp's wheel, 1 m long, facing a flow along +X
instanced_cm.usda      Z-up centimetres; a 20 cm cube, instanced twice, once under a mirrored parent
point_instancer.usda   Y-up metres; five copies of two prototypes, one of them masked
awkward_meshes.usda    left-handed, mirrored and concave prisms, and prims that are to be skipped
gprims.usda            one of each analytic shape, side by side
ahmed_road.usda        Z-up centimetres; a body after Ahmed on a road, with variants of its slant, and its case
sphere_packing.usda    Z-up millimetres; equal spheres without order in a cube that repeats, a point instancer
vessel_tree.usda       Z-up millimetres; a tree of vessels after Murray's law, its caps, and the flow of blood through it
heated_bodies.usda     Z-up millimetres; two hot blocks and a hot post on a plate in a cross wind with buoyancy, and their case
manifold.usda          Z-up millimetres; a header with four runners, their caps, and the flow of oil through it
"""

import sys
from math import cos, pi, radians, tan
from pathlib import Path

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom, Vt

from sparselbm.scene.usd.stage import resolver_context

sys.path.insert(0, str(Path(__file__).parent))  # A test runs this file from elsewhere.
from vessel_shapes import End, Tube, contoured, union

CUBE = [(x, y, z) for z in (-1, 1) for y in (-1, 1) for x in (-1, 1)]
CUBE_QUADS = [0, 2, 3, 1, 4, 5, 7, 6, 0, 1, 5, 4, 2, 6, 7, 3, 0, 4, 6, 2, 1, 3, 7, 5]
L_SHAPE = [(0, 0), (2, 0), (2, 1), (1, 1), (1, 2), (0, 2)]
"""Area 3, centroid (5/6, 5/6). Its fan from the first corner is right by luck: write it from the fifth."""


def new_stage(up_axis, metres_per_unit):
    """An empty stage with /World as its default prim."""
    stage = Usd.Stage.CreateInMemory("scene.usda", resolver_context(Path(__file__)))
    UsdGeom.SetStageUpAxis(stage, up_axis)
    UsdGeom.SetStageMetersPerUnit(stage, metres_per_unit)
    stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/World").GetPrim())
    return stage


def add_mesh(stage, path, points, counts, indices, orientation="rightHanded"):
    """A polygon mesh without subdivision."""
    mesh = UsdGeom.Mesh.Define(stage, path)
    mesh.CreatePointsAttr([Gf.Vec3f(*map(float, point)) for point in points])
    mesh.CreateFaceVertexCountsAttr(counts)
    mesh.CreateFaceVertexIndicesAttr(indices)
    mesh.CreateExtentAttr(UsdGeom.PointBased.ComputeExtent(mesh.GetPointsAttr().Get()))
    mesh.CreateSubdivisionSchemeAttr("none")
    if len(points):
        mesh.CreateNormalsAttr(face_normals(points, counts, indices, orientation))
        mesh.SetNormalsInterpolation("uniform")
    if orientation != "rightHanded":
        mesh.CreateOrientationAttr(orientation)
    return mesh


def face_normals(points, counts, indices, orientation="rightHanded"):
    """Outward unit normals of the faces, half the sum of p_k x p_(k+1) around each one (Newell's method)."""
    points, sign, corners = np.asarray(points, np.float64), 1.0 if orientation == "rightHanded" else -1.0, iter(indices)
    normals = []
    for count in counts:
        around = points[[next(corners) for _ in range(count)]]
        area = sign * np.sum(np.cross(around - around[0], np.roll(around, -1, axis=0) - around[0]), axis=0)
        normals.append(Gf.Vec3f(*(np.round(area / np.linalg.norm(area), 4) + 0.0).tolist()))
    return normals


def add_cube(stage, path, half, orientation="rightHanded"):
    """A cube about the origin, wound for the orientation that it claims."""
    quads = CUBE_QUADS if orientation == "rightHanded" else CUBE_QUADS[::-1]
    return add_mesh(stage, path, [[half * c for c in corner] for corner in CUBE], [4] * 6, quads, orientation)


def add_prism(stage, path, outline, height):
    """An outline (counter-clockwise), drawn up along z, with n-gons for its floor and its roof."""
    n = len(outline)
    sides = [i for k in range(n) for i in (k, (k + 1) % n, n + (k + 1) % n, n + k)]
    points = [(x, y, z) for z in (0, height) for x, y in outline]
    return add_mesh(stage, path, points, [n, n] + [4] * n, [*range(n - 1, -1, -1), *range(n, 2 * n), *sides])


def bunny_tunnel():
    stage = new_stage("Z", 1.0)
    bunny = UsdGeom.Xform.Define(stage, "/World/Bunny")
    # Found on the search path of `open_stage`: Warp's wheel carries the scan, and it is not copied.
    bunny.GetPrim().GetReferences().AddReference("bunny.usd")
    scale = 0.62
    # The scan is Y-up and looks along -X; its box is centred over the origin, and its feet touch z = 0.
    bunny.AddTranslateOp().Set(Gf.Vec3d(0.149298 * scale, 0.072821 * scale, -0.021163 * scale))
    bunny.AddRotateXOp().Set(90.0)
    bunny.AddScaleOp().Set(Gf.Vec3f(scale))
    return stage


def instanced_cm():
    stage = new_stage("Z", 0.01)
    stage.CreateClassPrim("/Parts")
    UsdGeom.Xform(stage.DefinePrim("/Parts/Block", "Xform"))
    add_cube(stage, "/Parts/Block/Cube", 10.0)
    UsdGeom.Xform.Define(stage, "/World/Row").AddTranslateOp().Set(Gf.Vec3d(100, 0, 0))
    mirror = UsdGeom.Xform.Define(stage, "/World/Row/Mirror")
    mirror.AddScaleOp().Set(Gf.Vec3f(-1, 1, 2))
    for path, shift in (("/World/Row/First", (0, 0, 50)), ("/World/Row/Mirror/Second", (30, 0, 0))):
        block = UsdGeom.Xform.Define(stage, path)
        block.AddTranslateOp().Set(Gf.Vec3d(*shift))
        block.AddRotateZOp().Set(30.0)
        block.GetPrim().GetReferences().AddInternalReference("/Parts/Block")
        block.GetPrim().SetInstanceable(True)
    return stage


def point_instancer():
    stage = new_stage("Y", 1.0)
    instancer = UsdGeom.PointInstancer.Define(stage, "/World/Copies")
    instancer.AddTranslateOp().Set(Gf.Vec3d(0, 5, 0))
    stage.DefinePrim("/World/Copies/Prototypes", "Scope")
    small = UsdGeom.Xform.Define(stage, "/World/Copies/Prototypes/Small")
    small.AddScaleOp().Set(Gf.Vec3f(0.5))
    add_cube(stage, "/World/Copies/Prototypes/Small/Cube", 1.0)
    add_cube(stage, "/World/Copies/Prototypes/Large", 1.0)
    instancer.CreatePrototypesRel().SetTargets([small.GetPath(), Sdf.Path("/World/Copies/Prototypes/Large")])
    instancer.CreateProtoIndicesAttr([0, 1, 0, 1, 0])
    instancer.CreatePositionsAttr([Gf.Vec3f(4 * k, 0, 0) for k in range(5)])
    instancer.CreateScalesAttr([Gf.Vec3f(1, 1, 1 + k) for k in range(5)])
    instancer.CreateIdsAttr([10, 11, 12, 13, 14])
    instancer.CreateInvisibleIdsAttr([13])
    instancer.CreateExtentAttr(instancer.ComputeExtentAtTime(0, 0))
    return stage


def awkward_meshes():
    stage = new_stage("Z", 1.0)
    add_cube(stage, "/World/LeftHanded", 1.0, "leftHanded")
    add_cube(stage, "/World/Mirrored", 1.0).AddScaleOp().Set(Gf.Vec3f(1, -1, 1))
    add_cube(stage, "/World/LeftHandedMirrored", 1.0, "leftHanded").AddScaleOp().Set(Gf.Vec3f(-1, 1, 1))
    add_prism(stage, "/World/Concave", L_SHAPE[4:] + L_SHAPE[:4], 1.0)
    comb = [(0, 0), (7, 0), (7, 3), (6, 3), (6, 1), (4, 1), (4, 3), (3, 3), (3, 1), (1, 1), (1, 3), (0, 3)]
    add_prism(stage, "/World/Comb", comb, 2.0)
    add_cube(stage, "/World/Hidden", 1.0).CreateVisibilityAttr("invisible")
    add_cube(stage, "/World/Guide", 1.0).CreatePurposeAttr("guide")
    add_cube(stage, "/World/Proxy", 1.0).CreatePurposeAttr("proxy")
    add_cube(stage, "/World/Render", 1.0).CreatePurposeAttr("render")
    add_cube(stage, "/World/Off", 1.0).GetPrim().SetActive(False)
    add_mesh(stage, "/World/Empty", [], [], [])
    curves = UsdGeom.BasisCurves.Define(stage, "/World/Wire")
    curves.CreateTypeAttr("linear")
    curves.CreateCurveVertexCountsAttr([2])
    curves.CreatePointsAttr([Gf.Vec3f(0), Gf.Vec3f(1)])
    curves.CreateExtentAttr([Gf.Vec3f(-0.5), Gf.Vec3f(1.5)])
    return stage


def gprims():
    stage = new_stage("Y", 1.0)
    shapes = {
        "Ball": (UsdGeom.Sphere, {"radius": 1.0}),
        "Box": (UsdGeom.Cube, {"size": 2.0}),
        "Tube": (UsdGeom.Cylinder, {"radius": 0.5, "height": 2.0, "axis": "X"}),
        "Pill": (UsdGeom.Capsule, {"radius": 0.5, "height": 1.0, "axis": "Y"}),
        "Hat": (UsdGeom.Cone, {"radius": 1.0, "height": 3.0, "axis": "Z"}),
        "Bucket": (UsdGeom.Cylinder_1, {"radiusTop": 1.0, "radiusBottom": 0.5, "height": 2.0, "axis": "Z"}),
        "Egg": (UsdGeom.Capsule_1, {"radiusTop": 0.5, "radiusBottom": 1.0, "height": 2.0, "axis": "Y"}),
    }
    for place, (name, (schema, values)) in enumerate(shapes.items()):
        shape = schema.Define(stage, f"/World/{name}")
        shape.AddTranslateOp().Set(Gf.Vec3d(4.0 * place, 0, 0))
        for key, value in values.items():
            getattr(shape, f"Create{key[0].upper()}{key[1:]}Attr")(value)
        shape.CreateExtentAttr(UsdGeom.Boundable.ComputeExtentFromPlugins(shape, Usd.TimeCode.Default()))
    return stage


IN_TIME = {("opening", "velocity"), ("opening", "flowRate"), ("opening", "pressure")}
"""Settings that may have time samples."""


def apply_case(prim, **parts):
    """The parts of a case on a prim, as docs/how-to/cases.md has them: fluid={"reynolds": 100.0}; `x__y` is an instance, x:y."""
    kinds = {str: Sdf.ValueTypeNames.Token, float: Sdf.ValueTypeNames.Double, tuple: Sdf.ValueTypeNames.Double3}
    for part, values in parts.items():
        name, _, instance = part.partition("__")
        prim.AddAppliedSchema(f"Sparselbm{name.capitalize()}API" + (f":{instance}" if instance else ""))
        for key, value in values.items():
            attribute = f"sparselbm:{part.replace('__', ':')}:{key}"
            varies = Sdf.VariabilityVarying if (name, key) in IN_TIME else Sdf.VariabilityUniform
            made = prim.CreateAttribute(attribute, kinds[type(value)], False, varies)
            made.Set(Gf.Vec3d(value) if isinstance(value, tuple) else value)


AHMED = {"length": 104.4, "width": 38.9, "height": 28.8, "radius": 10.0, "slant": 22.2, "clearance": 5.0}
"""Of the body of Ahmed, Ramm & Faltin 1984 (SAE 840300) [cm], which stands here without its stilts."""


def ahmed_points(degrees, across=10, up=8):
    """A logical box's surface, drawn onto the body: points [cm] and quads, the same quads for each slant."""
    b = AHMED
    start = b["length"] - b["slant"] * cos(radians(degrees))
    nose = [b["radius"] * (1.0 - cos(0.5 * pi * k / 6)) for k in range(7)]
    x = np.array([*nose, *np.linspace(b["radius"], start, 15)[1:], *np.linspace(start, b["length"], 7)[1:]])
    inset = np.where(x < b["radius"], b["radius"] - np.sqrt(np.maximum(b["radius"] ** 2 - (b["radius"] - x) ** 2, 0.0)), 0.0)
    low, high = b["clearance"] + inset, b["clearance"] + b["height"] - inset - np.maximum(x - start, 0.0) * tan(radians(degrees))
    size = (len(x) - 1, across, up)
    number, points, quads = {}, [], []

    def corner(place):
        if place not in number:
            i, j, k = place
            number[place] = len(points)
            y = (0.5 * b["width"] - inset[i]) * (2.0 * j / across - 1.0)
            points.append([round(float(c), 3) for c in (x[i], y, low[i] + (high[i] - low[i]) * k / up)])
        return number[place]

    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        for end in (0, size[axis]):
            for p in range(size[u]):
                for q in range(size[v]):
                    around = [(p, q), (p + 1, q), (p + 1, q + 1), (p, q + 1)]
                    places = [[0, 0, 0] for _ in around]
                    for place, (a, c) in zip(places, around if end else around[::-1]):
                        place[axis], place[u], place[v] = end, a, c
                    quads += [corner(tuple(place)) for place in places]
    return points, quads


def ahmed_road():
    stage = new_stage("Z", 0.01)
    points, quads = ahmed_points(25.0)
    mesh = add_mesh(stage, "/World/Body", points, [4] * (len(quads) // 4), quads)
    mesh.GetPointsAttr().Clear()
    mesh.GetExtentAttr().Clear()
    mesh.GetNormalsAttr().Clear()
    body = mesh.GetPrim()
    slants = body.GetVariantSets().AddVariantSet("slant")
    for degrees in (0, 15, 25, 35):
        slants.AddVariant(f"deg_{degrees}")
        slants.SetVariantSelection(f"deg_{degrees}")
        with slants.GetVariantEditContext():
            points, quads = ahmed_points(float(degrees))
            mesh.GetPointsAttr().Set([Gf.Vec3f(*point) for point in points])
            mesh.GetNormalsAttr().Set(face_normals(points, [4] * (len(quads) // 4), quads))
            mesh.GetExtentAttr().Set(UsdGeom.PointBased.ComputeExtent(mesh.GetPointsAttr().Get()))
    slants.SetVariantSelection("deg_25")
    apply_case(body, obstacle={"role": "design"})
    apply_case(
        stage.DefinePrim("/World/Case", "Scope"),
        domain={"voxelSize": 0.025, "lower": (-1.0, -0.8, 0.0), "upper": (3.0, 0.8, 1.0)},
        fluid={"reynolds": 200.0}, solver={"collision": "CentralMoment"},
        boundary__xMin={"kind": "inlet", "velocity": (1.0, 0.0, 0.0)}, boundary__xMax={"kind": "outlet"},
        boundary__zMin={"kind": "movingWall", "velocity": (1.0, 0.0, 0.0)},
    )
    return stage


def heated_bodies():
    """Blocks of 20 mm and a post on a plate, 3 and 5 K above the air of 293 K, in a wind of 8 cm/s."""
    stage, size = new_stage("Z", 0.001), 20.0
    for name, x, kelvin in (("Block1", 0.0, 296.0), ("Block2", 90.0, 298.0)):
        cube = UsdGeom.Cube.Define(stage, f"/World/{name}")
        cube.CreateSizeAttr(size)
        cube.CreateExtentAttr([Gf.Vec3f(-0.5 * size), Gf.Vec3f(0.5 * size)])
        cube.AddTranslateOp().Set(Gf.Vec3d(x, 0.0, 0.5 * size))
        apply_case(cube.GetPrim(), condition__temperature={"value": kelvin})
    post = UsdGeom.Cylinder.Define(stage, "/World/Post")
    post.CreateRadiusAttr(0.5 * size)
    post.CreateHeightAttr(1.5 * size)
    post.CreateExtentAttr([Gf.Vec3f(-0.5 * size, -0.5 * size, -0.75 * size), Gf.Vec3f(0.5 * size, 0.5 * size, 0.75 * size)])
    post.AddTranslateOp().Set(Gf.Vec3d(45.0, 0.0, 0.75 * size))
    apply_case(post.GetPrim(), obstacle={"role": "design"}, condition__temperature={"value": 298.0})
    apply_case(
        stage.DefinePrim("/World/Case", "Scope"),
        domain={"voxelSize": 0.0025, "lower": (-0.05, -0.04, 0.0), "upper": (0.19, 0.04, 0.08)},
        fluid={"viscosity": 1.6e-5, "density": 1.2}, force={"gravity": (0.0, 0.0, -9.81)},
        scalar__temperature={
            "prandtl": 0.71, "initial": 293.0, "expansion": 0.0034, "heatCapacity": 1206.0,
        },
        boundary__xMin={"kind": "inlet", "velocity": (0.08, 0.0, 0.0)}, boundary__xMax={"kind": "outlet"},
        boundary__zMin={"kind": "wall"},
    )
    return stage


def packed_spheres(count, radius, side, seed=1):
    """Centres of spheres that do not overlap in a cube that repeats, placed at random one by one, (count, 3)."""
    random, centres = np.random.default_rng(seed), np.empty((0, 3))
    while len(centres) < count:
        centre = np.round(random.uniform(0.0, side, 3), 3)
        away = np.abs(centres - centre)
        if np.all(np.sum(np.minimum(away, side - away) ** 2, axis=1) > (2.02 * radius) ** 2):
            centres = np.vstack([centres, centre])
    return centres


def sphere_packing(count=72, radius=1.0, side=10.0):
    """72 spheres of 2 mm in a cube of 10 mm, 30 % of it; those that cross a side stand at the other one too."""
    stage = new_stage("Z", 0.001)
    shifts = side * np.stack(np.meshgrid(*[(-1, 0, 1)] * 3, indexing="ij"), -1).reshape(-1, 1, 3)
    copies = (packed_spheres(count, radius, side) + shifts).reshape(-1, 3)
    copies = copies[np.all((copies > -radius) & (copies < side + radius), axis=1)]
    instancer = UsdGeom.PointInstancer.Define(stage, "/World/Spheres")
    stage.DefinePrim("/World/Spheres/Prototypes", "Scope")
    sphere = UsdGeom.Sphere.Define(stage, "/World/Spheres/Prototypes/Sphere")
    sphere.CreateRadiusAttr(radius)
    sphere.CreateExtentAttr([Gf.Vec3f(-radius), Gf.Vec3f(radius)])
    instancer.CreatePrototypesRel().SetTargets([sphere.GetPath()])
    instancer.CreateProtoIndicesAttr([0] * len(copies))
    instancer.CreatePositionsAttr(Vt.Vec3fArray.FromNumpy(copies.astype(np.float32)))
    instancer.CreateExtentAttr(instancer.ComputeExtentAtTime(0, 0))
    return stage


def vessel_stage(name, tubes, ends, blend, step, openings, **case):
    """Joined tubes in millimetres, /World/NAME, whose inside is the fluid, and a cap for each end, by the names of `openings`."""
    stage = new_stage("Z", 0.001)
    points = np.array([p for tube in tubes for p in (tube.start, tube.end)])
    margin = 2.0 * max(tube.radius for tube in tubes)
    wall, caps = contoured(union(tubes, blend), ends, points.min(axis=0) - margin, points.max(axis=0) + margin, step)
    for path, (corners, faces) in zip([name, *openings], [wall, *caps], strict=True):
        add_mesh(stage, f"/World/{path}", corners, [faces.shape[1]] * len(faces), faces.ravel().tolist())
    apply_case(stage.GetPrimAtPath(f"/World/{name}"), obstacle={"role": "fluidVolume"})
    for path, condition in openings.items():
        apply_case(stage.GetPrimAtPath(f"/World/{path}"), opening=condition)
    apply_case(stage.GetPrimAtPath("/World"), **case)
    return stage


def vessel_tree():
    """r_0^3 = r_1^3 + r_2^3 at each fork (Murray, J. Gen. Physiol. 9 (1926) 835), whose angle is that of least cost for it."""
    half_angle = np.arccos(2.0 ** (-2 / 3))
    tubes, ends = [], []

    def grow(start, direction, side, radius, generation):
        length, over = 7.0 * radius, radius
        end = start + length * direction
        first, last = generation == 0, generation == 3
        tubes.append(Tube(tuple(start - over * direction * first), tuple(end + over * direction * last), radius))
        if first:
            ends.append(End(tuple(start), tuple(-direction), radius))
        if last:
            ends.append(End(tuple(end), tuple(direction), radius))
            return
        for sign in (1.0, -1.0):
            turned = np.cos(half_angle) * direction + sign * np.sin(half_angle) * side
            grow(end, turned, np.cross(direction, side), radius * 2.0 ** (-1 / 3), generation + 1)

    grow(np.zeros(3), np.array([0.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0]), 1.0, 0)
    openings = {"Inlet": {"kind": "inlet", "velocity": 0.1, "profile": "laminar"}}
    openings |= {f"Outlet{k}": {"kind": "outlet"} for k in range(1, 9)}
    return vessel_stage(
        "Vessels", tubes, ends, 0.5, 0.205, openings, fluid={"density": 1060.0, "viscosity": 3.3e-6},
        domain={"voxelSize": 0.08e-3}, solver={"latticeVelocity": 0.06},
    )


def manifold():
    header, runner, over = 14.0, 9.0, 9.0
    tubes = [Tube((-over, 0, 0), (230, 0, 0), header)]
    ends = [End((0, 0, 0), (-1, 0, 0), header)]
    for x in (50.0, 105.0, 160.0, 215.0):
        knee, outlet = np.array([x, 0.0, 35.0]), np.array([x, 40.0, 75.0])
        along = (outlet - knee) / np.linalg.norm(outlet - knee)
        tubes += [Tube((x, 0, 0), tuple(knee), runner), Tube(tuple(knee), tuple(outlet + over * along), runner)]
        ends.append(End(tuple(outlet), tuple(along), runner))
    openings = {"Inlet": {"kind": "inlet", "velocity": 0.2, "profile": "laminar"}}
    openings |= {f"Outlet{k}": {"kind": "outlet"} for k in range(1, 5)}
    return vessel_stage(
        "Manifold", tubes, ends, 6.0, 4.0, openings, fluid={"density": 870.0, "viscosity": 9.2e-5},
        domain={"voxelSize": 1.45e-3}, solver={"collision": "RecursiveRegularised", "latticeVelocity": 0.075},
    )


SCENES = {
    "bunny_tunnel": bunny_tunnel,
    "instanced_cm": instanced_cm,
    "point_instancer": point_instancer,
    "awkward_meshes": awkward_meshes,
    "gprims": gprims,
    "ahmed_road": ahmed_road,
    "heated_bodies": heated_bodies,
    "sphere_packing": sphere_packing,
    "vessel_tree": vessel_tree,
    "manifold": manifold,
}


def main(folder):
    """Write every scene; `Layer.Export`, because `Stage.Export` would make the bunny's path absolute."""
    for name, make in SCENES.items():
        stage = make()
        stage.GetRootLayer().Export(str(folder / f"{name}.usda"))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
