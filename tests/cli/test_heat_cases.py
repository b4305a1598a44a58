"""Heat from a stage alone: plates and a slab against exact solutions, Graetz flow in a pipe, heated bodies in a cross wind."""

import json
from pathlib import Path

import numpy as np
import pytest
from vessel_cases import LENGTH, RADIUS, apply, tube_scene

from sparselbm.case import Case
from sparselbm.errors import CaseError
from sparselbm.flows import BodyRelease, SteadyFlow, scalar_results
from sparselbm.models.boundary import X_MIN
from sparselbm.models.scalar import BodyFlux, FixedInflow
from sparselbm.scene.usd import open_stage

PLATES = """#usda 1.0
(
    defaultPrim = "World"
    metersPerUnit = 1
    upAxis = "Z"
)
def Xform "World"
{
    def Sphere "Ball"
    {
        double radius = 0.25
        double3 xformOp:translate = (5, 0.5, 0.5)
        uniform token[] xformOpOrder = ["xformOp:translate"]
    }
    def Scope "Case" (
        prepend apiSchemas = [
            "SparselbmDomainAPI", "SparselbmFluidAPI", "SparselbmSolverAPI", "SparselbmBoundaryAPI:xMin",
            "SparselbmBoundaryAPI:xMax", "SparselbmBoundaryAPI:zMin", "SparselbmBoundaryAPI:zMax",
            "SparselbmScalarAPI:temperature", "SparselbmScalarAPI:slab", "SparselbmConditionAPI:zMin:temperature",
            "SparselbmConditionAPI:zMax:temperature", "SparselbmConditionAPI:zMin:slab", "SparselbmConditionAPI:zMax:slab"
        ]
    )
    {
        uniform double sparselbm:domain:voxelSize = 0.0625
        uniform double3 sparselbm:domain:lower = (0, 0, 0)
        uniform double3 sparselbm:domain:upper = (6, 1, 1)
        uniform double sparselbm:fluid:viscosity = 0.05
        uniform double sparselbm:solver:latticeVelocity = 0.03
        uniform token sparselbm:solver:collision = "TRT(magic=1/4)"
        uniform token sparselbm:boundary:xMin:kind = "inlet"
        uniform double3 sparselbm:boundary:xMin:velocity = (1, 0, 0)
        uniform token sparselbm:boundary:xMax:kind = "outlet"
        uniform token sparselbm:boundary:zMin:kind = "wall"
        uniform token sparselbm:boundary:zMax:kind = "wall"
        uniform double sparselbm:scalar:temperature:prandtl = 1
        uniform double sparselbm:scalar:temperature:initial = 293
        uniform double sparselbm:condition:zMin:temperature:value = 303
        uniform double sparselbm:condition:zMax:temperature:value = 303
        uniform double sparselbm:scalar:slab:prandtl = 1
        uniform double sparselbm:scalar:slab:initial = 0.5
        uniform double sparselbm:condition:zMin:slab:value = 0
        uniform double sparselbm:condition:zMax:slab:value = 1
    }
}
"""
GRAETZ = np.array([2.704364, 6.679032, 10.67338]), np.array([0.748775, 0.543828, 0.462861])
"""Eigenvalues and coefficients of Graetz's problem in a pipe (Shah & London 1978, table 17)."""
ASSETS = Path(__file__).parents[2] / "assets"


@pytest.fixture(scope="module")
def plates(tmp_path_factory):
    """Flow between two plates at the same temperature, which carries a slab between a cold and a hot one too."""
    path = tmp_path_factory.mktemp("plates") / "plates.usda"
    path.write_text(PLATES)
    return Case.open(path)


def test_a_stage_and_a_toml_file_describe_the_same_scalars(plates, tmp_path):
    setup = plates.setup(plates.read_scene())
    temperature, slab = setup.options.scalars
    assert (temperature.name, temperature.prandtl, temperature.initial) == ("temperature", 1.0, 293.0)
    assert {name: dict(each.arguments)["value"] for name, each in slab.surfaces.items()} == {"z_min": 0.0, "z_max": 1.0}
    scalar = setup.models.scalars[0]
    assert scalar.offset == 293.0
    assert [(each.face.name, getattr(each, "value", None)) for each in scalar.conditions] == [
        ("x_min", 0.0), ("z_min", 10.0), ("z_max", 10.0), ("x_max", None),
    ]
    text = '[scene]\nfile = "plates.usda"\n[scalar.dye]\ndiffusivity = 1e-3\n[condition."/World/Ball:dye"]\nvalue = 2.0\n'
    bare = PLATES[: PLATES.index("    def Scope")] + "}\n"
    (tmp_path / "plates.usda").write_text(bare)
    (tmp_path / "case.toml").write_text(text)
    case = Case.open(tmp_path / "case.toml")
    assert case.tunnel.scalars[0].surfaces.keys() == {"/World/Ball"}
    for old, new, words in (
        (":dye\"]", ":die\"]", 'condition."/World/Ball:die".kind: there is no scalar die; the name after the colon'),
        ("diffusivity = 1e-3", "", "scalar.dye.diffusivity is missing, and so is prandtl"),
        ("value = 2.0", 'kind = "flux"', 'condition."/World/Ball:dye".flux is missing, and so is heatFlux'),
        ("value = 2.0", 'kind = "flux"\nheatFlux = 3', "requires case.toml: scalar.dye.heatCapacity"),
    ):
        (tmp_path / "case.toml").write_text(text.replace(old, new))
        with pytest.raises(CaseError) as refused:
            Case.open(tmp_path / "case.toml")
        assert words in str(refused.value)


@pytest.mark.validate
def test_the_nusselt_number_between_plates_and_the_profile_of_a_slab(plates):
    """Developed laminar flow between plates at equal temperature has Nu = 7.541 (Shah & London 1978), a slab is linear."""
    flow = plates.setup(plates.read_scene()).build()
    assert isinstance(flow.run_to_steady().regime, SteadyFlow)
    simulation, setup = flow.simulation, flow.setup
    dense = simulation.domain.dense
    phi, slab, u = dense(simulation.scalar("temperature")), dense(simulation.scalar("slab")), dense(simulation.velocity())[..., 0]
    phi, u, x = phi[:, 4].astype(float), u[:, 4].astype(float), 48
    diffusivity = setup.units.lattice_viscosity
    carried = 0.5 * ((phi[x + 1] * u[x + 1]).sum() - (phi[x - 1] * u[x - 1]).sum())
    conducted = diffusivity * (phi[x + 1] - 2.0 * phi[x] + phi[x - 1]).sum()
    bulk = (phi[x] * u[x]).sum() / u[x].sum()
    nusselt = 0.5 * (carried - conducted) * 2 * 16 / (diffusivity * (10.0 - bulk))
    assert nusselt == pytest.approx(7.541, rel=0.01)  # Measured 7.58.
    assert np.abs(slab[60, 4] + 0.5 - (np.arange(16) + 0.5) / 16).max() < 0.002


SLAB = """[scene]
file = "slab.usda"
[domain]
voxelSize = 0.125
lower = [0, 0, 0]
upper = [12, 1, 3]
[fluid]
viscosity = 0.1
[solver]
latticeVelocity = 0.005
[boundary.xMin]
kind = "inlet"
velocity = [0.01, 0, 0]
[boundary.xMax]
kind = "outlet"
[boundary.zMin]
kind = "wall"
[boundary.zMax]
kind = "wall"
[boundary.yMin]
kind = "symmetry"
[boundary.yMax]
kind = "symmetry"
[scalar.heat]
prandtl = 1
heatCapacity = 1000
[condition."zMin:heat"]
value = 0.0
[condition."zMax:heat"]
value = 1.0
[condition."/Slab:heat"]
kind = "conduction"
conductivity = 1000.0
heatCapacity = 500.0
"""
"""A slab from z = 0 to 1.5 m of a tenfold conductivity, below a layer of fluid, between a cold and a warm side."""


@pytest.fixture
def slab(tmp_path):
    """Writes and opens the case of a slab, with a text replaced by another."""
    (tmp_path / "slab.usda").write_text(
        '#usda 1.0\n(metersPerUnit = 1\nupAxis = "Z")\ndef Cube "Slab" {\n double size = 1\n'
        ' double3 xformOp:scale = (11, 3, 3)\n double3 xformOp:translate = (6, 0.5, 0)\n'
        ' uniform token[] xformOpOrder = ["xformOp:translate", "xformOp:scale"]\n}\n'
    )

    def opened(*changes):
        text = SLAB
        for old, new in zip(changes[::2], changes[1::2], strict=True):
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "case.toml").write_text(text)
        return Case.open(tmp_path / "case.toml")

    return opened


def test_a_body_that_conducts_from_a_case(slab):
    """Ratios follow from SI values; what cannot conduct is refused with its place."""
    case = slab()
    body = case.setup(case.read_scene()).models.scalars[0].bodies[0]
    assert (body.obstacle, body.conductivity, body.heat_capacity) == ("/Slab", pytest.approx(10.0), 0.5)
    ratio = slab("conductivity = 1000.0\nheatCapacity = 500.0", "conductivityRatio = 10.0\nheatCapacityRatio = 0.5")
    assert ratio.setup(ratio.read_scene()).models.scalars[0].bodies[0].conductivity == 10.0
    for old, new, words in (
        ("conductivity = 1000.0", "", 'conductivity is missing, and so is conductivityRatio: give one'),
        ("conductivity = 1000.0", "conductivity = 1.0\nvalue = 2.0", "value"),
        ("heatCapacity = 1000", "", "in SI units requires .*scalar.heat.heatCapacity"),
        ("conductivity = 1000.0", "conductivity = 1.0\nconductivityRatio = 1.0", "conductivityRatio"),
        ("[solver]", '[solver]\nwall = "interpolated"', "is conduction, but .*solver.wall is interpolated.*partiallySaturated"),
        ("/Slab:heat", "yMin:heat", "is conduction, but yMin is no solid body"),
        ("[fluid]", '[obstacle."/Slab"]\nrpm = 1.0\nrotationAxis = [0, 0, 1]\n[fluid]', "/Slab moves, and only bodies at rest"),
    ):
        with pytest.raises(CaseError, match=words):
            slab(old, new)


def test_an_inlet_of_a_box_has_a_value_of_its_own_and_an_outlet_none(slab):
    case = slab('"zMin:heat"', '"xMin:heat"')
    (inlet,) = [each for each in case.setup(case.read_scene()).models.scalars[0].conditions if each.face.name == "x_min"]
    assert inlet == FixedInflow(X_MIN, 0.0)
    for old, new in (('"zMin:heat"', '"xMax:heat"'), ('"zMin:heat"]\nvalue = 0.0', '"xMax:heat"]\nkind = "flux"\nflux = 1.0')):
        with pytest.raises(CaseError, match="xMax is an outlet, where the flow takes the scalar along: remove it, or"):
            slab(old, new)


@pytest.mark.parametrize(
    ("prim", "settings", "words"),
    [
        ("In", {"value": 310.0}, None), ("Out", {"value": 310.0}, "/World/Out is an outlet, where the flow takes"),
        ("In", {"kind": "flux", "flux": 1.0}, "is flux, but /World/In is an opening: use kind value"),
        ("In", {"kind": "conduction", "conductivityRatio": 2.0}, "is conduction, but /World/In is an opening"),
    ],
)
def test_an_inlet_on_a_prim_has_a_value_of_its_own(tmp_path, prim, settings, words):
    stage = open_stage(tube_scene(tmp_path / "tube.usda"))
    apply(stage.GetPrimAtPath("/World"), "SparselbmScalarAPI:temperature", prandtl=2.0, initial=300.0)
    apply(stage.GetPrimAtPath(f"/World/{prim}"), "SparselbmConditionAPI:temperature", **settings)
    stage.GetRootLayer().Export(str(tmp_path / "warm.usda"))
    if words is not None:
        with pytest.raises(CaseError, match=words):
            Case.open(tmp_path / "warm.usda")
        return
    case = Case.open(tmp_path / "warm.usda")
    setup = case.setup(case.read_scene())
    (inlet,) = [each for each in setup.models.scalars[0].conditions if isinstance(each, FixedInflow)]
    assert (inlet.face.name, inlet.value) == (setup.patches["/World/In"], 10.0)


@pytest.mark.parametrize("given", ["heatFlux = 50.0", "flux = 0.05"])
def test_a_body_of_given_flux_from_a_case(slab, given):
    """50 W/m^2 are 0.05 phi m/s with a heat capacity of 1000 J/(m^3 K); a wall on links has no cells for it."""
    settings = 'kind = "conduction"\nconductivity = 1000.0\nheatCapacity = 500.0', f'kind = "flux"\n{given}'
    case = slab(*settings)
    setup = case.setup(case.read_scene())
    (body,) = setup.models.scalars[0].bodies
    assert body == BodyFlux("/Slab", pytest.approx(setup.units.velocity_to_lattice(0.05)))
    for text, rate in (("power = 30.0", 0.03), ("release = 0.2", 0.2)):
        part = slab(settings[0], f'kind = "flux"\n{text}')
        assert part.tunnel.scalars[0].surfaces["/Slab"] == BodyRelease(rate=rate)
    for changes, words in (
        ((settings[0], 'kind = "flux"\npower = 30.0', "heatCapacity = 1000", ""), "power is 30 W, which requires .*give release"),
        (('"zMin:heat"]\nvalue = 0.0', '"zMin:heat"]\nkind = "flux"\npower = 30.0'), "power is set, but zMin is a side"),
        ((settings[0], 'kind = "flux"\npower = 30.0\nflux = 1.0'), "power.*flux contradict each other"),
    ):
        with pytest.raises(CaseError, match=words):
            slab(*changes)
    with pytest.raises(CaseError, match=r"is flux, but .*solver.wall is interpolated.*partiallySaturated"):
        slab(*settings, "[solver]", '[solver]\nwall = "interpolated"')


@pytest.mark.validate
@pytest.mark.parametrize("capacity", [500.0, 3000.0])
def test_two_slabs_of_ten_to_one_from_a_case(slab, capacity):
    """The interface is at 1/11 of the difference within 1 %, and the heat that enters the slab leaves it."""
    case = slab("heatCapacity = 500.0", f"heatCapacity = {capacity}")
    flow = case.setup(case.read_scene()).build()
    assert isinstance(flow.run_to_steady().regime, SteadyFlow)
    phi = flow.simulation.domain.dense(flow.simulation.scalar("heat")).astype(float)[48, 4]
    z = (np.arange(24) + 0.5) / 24
    meet = np.polyval(np.polyfit(z[15:22], phi[15:22], 1), 0.5)
    assert meet == pytest.approx(1.0 / 11.0, rel=0.01)
    found = scalar_results(flow)["heat"]["bodies"]["/Slab"]
    assert found["watts"] == pytest.approx(1000.0 * found["release"])


OUTFLOW = 0.75196
"""Share of the temperature difference that the flow takes up with axial conduction and the inlet at its temperature: finite
volumes, 80 x 400 cells. Graetz's problem, which neglects axial conduction, gives 0.7579."""


def sections(flow):
    """Radius, places of sections from the inlet [cells] and their bulk temperature, in the developed half of a tilted tube."""
    simulation, cell = flow.simulation, flow.setup.voxel_size
    phi, u = (simulation.domain.dense(x).astype(float) for x in (simulation.scalar("temperature"), simulation.velocity()))
    axis = u.reshape(-1, 3).sum(axis=0) / np.linalg.norm(u.reshape(-1, 3).sum(axis=0))
    along = np.moveaxis(np.indices(phi.shape), 0, -1) @ axis
    carried, length = u @ axis, LENGTH / cell
    ends = along[np.abs(carried) > 0.0]
    along = along - 0.5 * (ends.min() + ends.max() - length)
    places, bulk = [], []
    for start in np.arange(0.45 * length, 0.85 * length, 3.0):
        inside = (along >= start) & (along < start + 3.0)
        weights = carried[inside]
        places.append(np.average(along[inside], weights=weights))
        bulk.append(np.average(phi[inside], weights=weights))
    return RADIUS / cell, np.array(places), np.array(bulk)


@pytest.mark.validate
def test_graetz_flow_in_a_pipe_from_a_stage(tmp_path):
    """The share of the heat that a developed flow takes up from a pipe's wall, 12 cells across; Pe 40, L / D 3.3."""
    scene = tube_scene(tmp_path / "tube.usda")
    stage = open_stage(scene)
    case = stage.GetPrimAtPath("/World")
    case.AddAppliedSchema("SparselbmScalarAPI:temperature")
    for name, value in (("prandtl", 2.0), ("initial", 300.0)):
        case.CreateAttribute(f"sparselbm:scalar:temperature:{name}", _double()).Set(value)
    tube = stage.GetPrimAtPath("/World/Tube")
    tube.AddAppliedSchema("SparselbmConditionAPI:temperature")
    tube.CreateAttribute("sparselbm:condition:temperature:value", _double()).Set(310.0)
    stage.GetRootLayer().Export(str(tmp_path / "warm.usda"))
    read = Case.open(tmp_path / "warm.usda")
    flow = read.setup(read.read_scene()).build()
    assert isinstance(flow.run_to_steady().regime, SteadyFlow)
    found = scalar_results(flow)["temperature"]
    peclet, (eigenvalues, coefficients) = 40.0, GRAETZ
    left = 8.0 * np.sum(coefficients / eigenvalues**2 * np.exp(-(eigenvalues**2) * LENGTH / RADIUS / peclet))
    assert found["bodies"]["wall"]["release"] / (flow.setup.flow_rate * 10.0) == pytest.approx(1.0 - left, rel=0.03)
    assert found["outflow"]["/World/Out"] - 300.0 == pytest.approx(10.0 * OUTFLOW, rel=0.03)
    mean = -np.log(1.0 - OUTFLOW) * peclet / 4.0 * 2.0 * RADIUS / LENGTH
    assert found["bodies"]["wall"]["nusselt"] == pytest.approx(mean, rel=0.06)  # The inlet is 0.7 cells late.
    radius, places, bulk = sections(flow)
    exact = [np.sum(coefficients / eigenvalues**2 * np.exp(-(eigenvalues**2) * x / radius / peclet)) for x in places]
    slope, expected = (np.polyfit(places, np.log(left), 1)[0] for left in (10.0 - bulk, exact))
    print("Nusselt number", -slope * radius * peclet / 2.0, "for", -expected * radius * peclet / 2.0)
    assert slope == pytest.approx(expected, rel=0.01)  # 1.8 % with the wall halfway along the links.


@pytest.mark.validate
def test_heated_bodies_in_a_cross_wind(in_process, tmp_path):
    """The figures of docs/tutorials/heated_bodies.md."""
    code, said, _ = in_process("run", ASSETS / "heated_bodies.usda", "--output", tmp_path / "out")
    assert code == 0
    assert "temperature released by /World/Block1" in said
    found = json.loads((tmp_path / "out" / "summary.json").read_text())["scalars"]["temperature"]
    numbers = {name: each["nusselt"] for name, each in found["bodies"].items()}
    assert numbers == pytest.approx({"/World/Post": 6.167, "/World/Block1": 8.388, "/World/Block2": 7.966}, rel=0.01)
    released = sum(each["release"] for each in found["bodies"].values())
    assert found["outflow"]["x_max"] - 293.0 == pytest.approx(released / (0.08 * 0.08 * 0.08), rel=0.01)
    assert (tmp_path / "out" / "scalar_temperature.nvdb").is_file()
    assert in_process("export", tmp_path / "out", "--to", "vtkhdf")[0] == 0


def _double():
    from pxr import Sdf

    return Sdf.ValueTypeNames.Double
