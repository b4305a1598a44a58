"""Models from a user's own file, in USD and TOML cases and on the command line, without a change of the package."""

import json

import numpy as np
import pytest
from case_settings import with_settings
from cli_cases import scene_of
from vessel_cases import apply, tube_scene

from sparselbm.case import Case, CaseDesign, CaseSolver, SceneFile
from sparselbm.errors import CaseError
from sparselbm.geometry import TriangleMesh
from sparselbm.results.stage import validate_stage
from sparselbm.scene.usd import open_stage

MINE = '''
from dataclasses import dataclass

import numpy as np

from sparselbm.design import DesignVariables, ParameterVariables
from sparselbm.geometry.deformation import LinearDeformation
from sparselbm.lattice.equilibrium import equilibrium
from sparselbm.lattice.forcing import guo_source_parts
from sparselbm.lattice.moments import macroscopic
from sparselbm.models.boundary import BoundaryCondition, VelocityInlet
from sparselbm.models.collision import Collision
from sparselbm.observe import AtObstacle, Observable
from sparselbm.observe.unit import FORCE, PRESSURE, VOLUME
from sparselbm.trace.expression import dot, where


@dataclass(frozen=True)
class MyBGK(Collision):
    thinner: float = 1.0

    def collide(self, lattice, f, viscosity, force):
        excess, u = macroscopic(lattice, f, force)
        feq = equilibrium(lattice, excess, u)
        omega = 1.0 / (3.0 * viscosity / self.thinner + 0.5)
        even, odd = guo_source_parts(lattice, u, force)
        return [fq + omega * (e - fq) + (1.0 - 0.5 * omega) * (s + a) for fq, e, s, a in zip(f, feq, even, odd)]


@dataclass(frozen=True)
class MySlip(BoundaryCondition):
    mass_share = 0.5

    def parameters(self, dimension):
        return {}

    def fill(self, lattice, f, value, enters):
        return [where(enter, f[p], fq) for fq, p, enter in zip(f, lattice.mirrored(self.face.axis), enters)]

    def memory(self, lattice, f, post, enters, normal):
        return {}


@dataclass(frozen=True)
class MyDrag(Observable):
    obstacle: str
    direction: tuple[float, ...] = (1.0, 0.0, 0.0)

    def integrand(self, cell):
        return dot(cell.force_on(self.obstacle), self.direction)

    @property
    def where(self):
        return AtObstacle(self.obstacle)

    unit = FORCE


@dataclass(frozen=True)
class InLatticeUnits(MyDrag):
    unit = None


@dataclass(frozen=True)
class Stretch:
    """y and z of all points, times 1 + x."""

    limit: float = 0.1

    def bind(self, mesh):
        across = np.array([0.0, 1.0, 1.0])
        return LinearDeformation(
            mesh.points, 1, lambda x: x[0] * mesh.points * across,
            lambda g: np.array([np.sum(g * mesh.points * across)]), self.limit,
        )


@dataclass(frozen=True)
class Overpressure(Observable):
    """Sum of c_s^2 (rho - 1) over the fluid, which grows with the pressure drop."""

    unit = PRESSURE * VOLUME

    def integrand(self, cell):
        return cell.in_fluid(cell.density_perturbation) / 3.0


@dataclass(frozen=True)
class Viscosity(DesignVariables):
    """Viscosity of the fluid, between 0.8 and 1.2 times that of the case."""

    def bind(self, setup):
        nu = setup.units.lattice_viscosity
        return ParameterVariables({"viscosity": (0.8 * nu, nu, 1.2 * nu)}).bind(setup)


class NoModel:
    pass


class Unfinished(Collision):
    pass


@dataclass(frozen=True)
class Refusing(Collision):
    rate: float

    def __post_init__(self):
        raise ValueError(f"rate {self.rate} is above 2")

    def collide(self, lattice, f, viscosity, force):
        return f
'''
PLACE = ("--voxel-size", "0.12", "--margins", "0.5,1,0.4", "--reynolds", "30")
SMALL = {
    "domain:voxelSize": 0.12, "domain:upstream": 0.5, "domain:downstream": 1.0, "domain:side": 0.4, "fluid:reynolds": 30.0,
    "solver:maxSteps": 40, "objective:iterations": 1, "objective:gridCheck": False, "objective:crossCheck": False,
    "design:fixedVolume": False, "design:controlPoints": (3, 3, 3),
}


@pytest.fixture
def scene(tmp_path):
    (tmp_path / "mine.py").write_text(MINE)
    return scene_of(tmp_path / "ball.usda", {"Body": TriangleMesh.sphere(0.5, subdivisions=2)})


@pytest.fixture
def done(in_process, tmp_path, scene, device):
    """Runs a command on a case with changes; returns the summary."""

    def run(command, suffix, changes):
        number = len(list(tmp_path.glob("case*")))
        case = tmp_path / f"case{number}{suffix}"
        code, _, err = in_process("init", scene, "--output", case)
        assert code == 0, err
        with_settings(case, {**SMALL, **changes})
        assert suffix == ".toml" or validate_stage(case) == []
        output = tmp_path / f"out{number}"
        code, _, err = in_process(command, case, "--device", device, "--output", output, "--draw", "slice=y")
        assert code == 0, err
        return json.loads((output / "summary.json").read_text())

    return run


def drag(summary):
    return summary["drag_coefficient"]


def test_a_collision_of_ones_own_is_the_built_in_one_and_its_arguments_count(done, in_process, scene, tmp_path, device):
    """Bit for bit."""
    of = {suffix: drag(done("run", suffix, {"solver:collision": "mine.py:MyBGK"})) for suffix in (".usda", ".toml")}
    built_in = drag(done("run", ".usda", {"solver:collision": "BGK"}))
    assert of == {".usda": built_in, ".toml": built_in}
    for text, is_equal in (("mine.py:MyBGK", True), ("mine.py:MyBGK(thinner=2.0)", False)):
        more = ("--max-steps", 40, "--device", device, "--output", "out", "--overwrite", "--draw", "slice=y")
        code, _, err = in_process("run", scene, *PLACE, "--collision", text, *more)
        assert code == 0, err
        found = drag(json.loads((tmp_path / "out" / "summary.json").read_text()))
        assert (found == built_in) == is_equal


@pytest.mark.parametrize("suffix", [pytest.param(".usda", marks=pytest.mark.validate), ".toml"])
def test_boundary_conditions_of_ones_own_take_the_place_of_the_built_in_ones(done, suffix):
    """Also on the inlet, whose velocity they are given in lattice units."""
    changes = {
        "boundary:xMin:kind": "inlet", "boundary:xMin:model": "mine.py:VelocityInlet", "boundary:zMax:model": "mine.py:MySlip",
    }
    assert drag(done("run", suffix, changes)) == drag(done("run", suffix, {}))


@pytest.mark.validate
def test_an_objective_of_ones_own_equal_to_the_drag_gives_the_drag_and_is_minimised(done, in_process, tmp_path):
    built_in = done("optimize", ".usda", {})
    assert built_in["objective"] == "drag coefficient"
    found = done("optimize", ".toml", {"objective:kind": "mine.py:MyDrag(obstacle='/World/Body')"})
    assert found["objective"] == "MyDrag"
    ratios = [found[name] / built_in[name] for name in ("objective_first", "objective_best")]
    assert ratios[0] == pytest.approx(ratios[1], rel=1e-5)  # [N], half of the frontal area times the drag coefficient.
    assert ratios[0] == pytest.approx(0.5 * np.pi / 4.0, rel=0.05)
    assert found["objective_best"] < 0.99 * found["objective_first"]
    ran = done("run", ".toml", {"objective:kind": "mine.py:MyDrag(obstacle='/World/Body')"})
    assert ran["objective_value"] == pytest.approx(ran["drag_force"], rel=1e-6)
    assert in_process("export", "out1", "--to", "csv")[0] == 0
    assert (tmp_path / "out1" / "export" / "forces.csv").read_text().startswith("iteration,objective,")
    in_lattice_units = done("optimize", ".usda", {"objective:kind": "mine.py:InLatticeUnits('/World/Body')"})
    assert in_lattice_units["objective_best"] < 0.99 * in_lattice_units["objective_first"]
    assert in_lattice_units["objective_first"] != pytest.approx(built_in["objective_first"], rel=0.5)


@pytest.mark.parametrize("suffix", [".usda", ".toml"])
def test_a_deformation_of_ones_own_is_what_the_optimiser_varies(done, suffix):
    found = done("optimize", suffix, {"design:kind": "mine.py:Stretch(limit=0.1)", "design:controlPoints": None})
    assert found["objective_best"] < 0.97 * found["objective_first"]
    assert found["volume_change"] == pytest.approx(0.98**2 - 1.0, abs=1e-6)  # The first step is a fifth of the limit.


@pytest.mark.validate
def test_an_internal_flow_has_an_objective_and_design_variables_of_ones_own(in_process, tmp_path, scene, device):
    """`run` reports the objective that `optimize` reduces."""
    tube = tube_scene(tmp_path / "tube.usda")
    code, _, err = in_process("optimize", tube, "--design", "mine.py:Viscosity", "--device", device)
    assert (code, "a fluid volume has no drag: give an Observable of your own" in err) == (2, True), err
    stage = open_stage(tube)
    apply(stage.GetPrimAtPath("/World"), "SparselbmObjectiveAPI", kind="mine.py:Overpressure", gridCheck=False)
    stage.GetRootLayer().Save()
    common = ("--max-steps", 100, "--device", device)
    code, out, err = in_process("run", tube, *common, "--draw", "slice=y", "--output", "run")
    assert code == 0, err
    value = json.loads((tmp_path / "run" / "summary.json").read_text())["objective_value"]
    assert "Overpressure" in out
    more = ("--design", "mine.py:Viscosity", "--iterations", 1, "--no-cross-check", "--no-grid-check", "--draw", "slice=y")
    code, out, err = in_process("optimize", tube, *common, *more, "--output", "out")
    assert code == 0, err
    found = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert found["objective"] == "Overpressure"
    assert found["objective_first"] == pytest.approx(value, rel=0.05)
    assert 0.0 < found["objective_best"] < 0.95 * found["objective_first"]
    assert (tmp_path / "out" / "history.csv").read_text().startswith("iteration,objective,")
    assert validate_stage(tmp_path / "out" / "tube_results.usda") == []
    assert in_process("export", "out", "--to", "csv,json")[0] == 0
    assert in_process("view", "out")[0] == 0


@pytest.mark.parametrize(("text", "parts"), [
    ("gone.py:MyBGK", ["--collision is", "there is no file", "gone.py"]),
    ("mine.py:Nothing", ["has no class Nothing", "MyBGK, MySlip, MyDrag"]),
    ("mine.py:NoModel", ["NoModel is not a Collision", "sparselbm.models.collision"]),
    ("mine.py:Unfinished", ["Unfinished is abstract", "collide"]),
    ("mine.py:MyBGK(speed=1)", ["MyBGK(thinner: float = 1.0)", "unexpected keyword argument 'speed'"]),
    ("mine.py:MyBGK(thinner=open('x'))", ["give FILE.py:ClassName", "with numbers, texts, lists or tables"]),
    ("mine.py:MyBGK(", ["give FILE.py:ClassName"]),
    ("mine.py:Refusing(rate=3.0)", ["Refusing refuses its arguments", "rate 3.0 is above 2"]),
    ("broken.py:Any", ["broken.py, line 2 raises ZeroDivisionError"]),
])
def test_a_file_that_cannot_be_used_is_refused_before_any_work(in_process, scene, tmp_path, text, parts):
    (tmp_path / "broken.py").write_text("\n1 / 0\n")
    code, _, err = in_process("run", scene, *PLACE, "--collision", text)
    assert code == 2
    for part in parts:
        assert part.replace("--collision", "solver.collision") in err, err
    assert not (tmp_path / "results").exists()


def test_files_outside_of_the_folder_are_refused_where_local_files_are_required(in_process, scene, tmp_path):
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "ball.usda").write_bytes(scene.read_bytes())
    case = tmp_path / "cases" / "case.toml"
    case.write_text('[scene]\nfile = "ball.usda"\n[solver]\ncollision = "../mine.py:MyBGK"\n')
    assert str(Case.open(case).tunnel.collision) == "MyBGK"
    code, _, err = in_process("inspect", case, "--local-files-only")
    assert code == 2
    assert "solver.collision refers to" in err
    assert "--local-files-only refuses this: copy the file into the folder" in err


def test_a_case_in_python_takes_the_same_texts_relative_to_the_working_directory(scene, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first, again = (
        Case(scene=SceneFile(file=str(scene)), solver=CaseSolver(collision="mine.py:MyBGK(2.0)")).tunnel.collision
        for _ in range(2)
    )
    assert first == again  # The file is run once.
    assert str(first) == "MyBGK(thinner=2.0)"
    with pytest.raises(CaseError, match="MyBGK is not a Deformation"):
        Case(scene=SceneFile(file=str(scene)), design=CaseDesign(kind="mine.py:MyBGK"))


@pytest.mark.validate
def test_gradcheck_takes_an_objective_and_design_variables_of_ones_own(in_process, tmp_path, scene, device):
    tube = tube_scene(tmp_path / "tube.usda")
    stage = open_stage(tube)
    apply(stage.GetPrimAtPath("/World"), "SparselbmObjectiveAPI", kind="mine.py:Overpressure", gridCheck=False)
    stage.GetRootLayer().Save()
    exact = ("--design", "mine.py:Viscosity", "--directions", 0, "--samples", 0, "--steps", 20, "--device", device)
    code, _, err = in_process("gradcheck", tube, *exact, "--output", "check")
    assert code == 0, err
