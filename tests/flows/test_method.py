"""Collision model and velocity set of a flow: chosen by the cell Reynolds number, printed with the reason, or refused."""

import itertools
import runpy
from pathlib import Path

import numpy as np
import pytest
from study_cases import BALL
from vessel_cases import IN, OUT, RADIUS, SPEED, VOXEL, open_tube

from sparselbm.errors import InternalFlowError, UnitsError, WindTunnelError
from sparselbm.flows import (
    Inlet,
    InternalFlow,
    LaminarInflow,
    Outlet,
    SideCondition,
    SideWall,
    UniformInflow,
    WindTunnel,
)
from sparselbm.geometry import TriangleMesh
from sparselbm.lattice import D3Q19, D3Q27
from sparselbm.models.boundary import (
    X_MAX,
    X_MIN,
    Y_MAX,
    Y_MIN,
    Z_MAX,
    Z_MIN,
    GradPressure,
    LinkPressure,
    PressureOutlet,
    RegularisedPressure,
    RegularisedVelocity,
    ZouHePressure,
)
from sparselbm.models.collision import BGK, KBC, TRT, CentralMoment, Cumulant, RecursiveRegularised
from sparselbm.models.wall import Bouzidi, CentralInterpolation, Halfway, ParabolicInterpolation

BOX = {"voxel_size": 0.1, "upstream": 1.0, "downstream": 1.5, "side": 1.0}
"""Tunnel around a ball of 10 cells across."""
WALL = SideWall(Y_MIN)
REYNOLDS = (1.0, 10.0, 100.0, 300.0, 1000.0, 3000.0, 10000.0)


def tunnel(share, device=None, **options):
    """Set-up at a cell Reynolds number."""
    return WindTunnel(**{**BOX, "reynolds": 10.0 * share, **options}).around({"ball": BALL}, "ball", device=device)


def vessel(share, device=None, *, developed=False, pressure=0.0, **options):
    """Set-up of a tube whose inlet has this cell Reynolds number, with a second outlet where its pressure is not 0."""
    speed = SPEED * (2.0 if developed else 1.0)
    profile = LaminarInflow() if developed else UniformInflow()
    conditions = {"in": Inlet(velocity=SPEED, profile=profile), "out": Outlet(pressure=pressure)}
    options = {"voxel_size": VOXEL, "viscosity": speed * VOXEL / share, **options}
    return InternalFlow(**options).within(open_tube(), {"in": IN, "out": OUT}, conditions, device=device)


@pytest.mark.parametrize(
    ("share", "walls", "chosen"),
    [
        (9.9, (), "TRT on D3Q19"), (12.5, (), "CentralMoment on D3Q19"), (49.0, (), "CentralMoment on D3Q19"),
        (190.0, (), "RecursiveRegularised on D3Q27"), (7.9, (WALL,), "TRT on D3Q19"), (9.0, (WALL,), "CentralMoment on D3Q19"),
        (60.0, (WALL,), "Cumulant on D3Q27"),
    ],
)
def test_a_tunnel_without_a_collision_takes_the_first_that_is_stable(device, share, walls, chosen):
    setup = tunnel(share, device, sides=walls)
    assert setup.method.name == chosen
    assert (setup.options.collision, setup.options.lattice) == (setup.method.collision, setup.method.lattice)
    side = "within" if chosen.startswith("TRT") else "above"
    reason = f"u / nu is {share:.3g} per cell, {side} the limit of {8 if walls else 10} of TRT on D3Q19"
    assert f"{chosen} ({reason})" in setup.headline
    assert setup.refined(2.0).method.name == chosen  # So that two grids differ in nothing but the cells.


@pytest.mark.parametrize(
    ("share", "developed", "chosen"),
    [(2.9, False, "TRT"), (2.9, True, "TRT"), (3.1, True, "Cumulant"), (25.0, False, "Cumulant"), (25.0, True, "Cumulant")],
)
def test_a_vessel_takes_d3q19_as_long_as_it_is_accurate(device, share, developed, chosen):
    setup = vessel(share, device, developed=developed)
    assert ("above the limit of 3 up to which D3Q19 is accurate inside walls" in setup.reason) == (chosen != "TRT")
    assert setup.units.cell_reynolds == pytest.approx(share, rel=0.02)  # The circle has 48 segments.
    assert type(setup.method.collision).__name__ == chosen
    assert str(setup.method) in setup.headline


@pytest.mark.parametrize("wall", [ParabolicInterpolation(), Bouzidi()], ids=lambda wall: type(wall).__name__)
@pytest.mark.parametrize(
    ("share", "chosen"), [(7.9, "TRT on D3Q19"), (9.0, "CentralMoment on D3Q19"), (49.0, "CentralMoment on D3Q19")]
)
def test_a_wall_on_links_has_limits_of_its_own(device, share, chosen, wall):
    """TRT became unstable there at 10."""
    assert tunnel(share, device, wall=wall).method.name == chosen
    assert tunnel(share, device, wall=Halfway()).method.name == tunnel(share, device).method.name


@pytest.mark.parametrize(
    "wall", [ParabolicInterpolation(), Bouzidi(), CentralInterpolation(), Halfway()], ids=lambda x: type(x).__name__
)
@pytest.mark.parametrize("collision", [None, TRT(), BGK(), Cumulant(), RecursiveRegularised()], ids=str)
@pytest.mark.parametrize("make", [tunnel, vessel])
def test_a_wall_that_needs_the_magic_parameter_is_doubted_without_it(make, collision, wall):
    """A pipe with halfway walls and cumulants had 65 % too much pressure drop, with interpolated ones 9 %."""
    setup = make(4.5, wall=wall, collision=collision)
    found = [doubt for doubt in setup.doubts if "the magic parameter is" in doubt]
    needed = not isinstance(wall, ParabolicInterpolation) and isinstance(collision, BGK | Cumulant | RecursiveRegularised)
    assert len(found) == needed
    assert not needed or ("up to about 70%" in found[0]) == isinstance(wall, Halfway)


def test_options_that_are_named_are_kept():
    assert tunnel(12.5, collision=Cumulant()).method.name == "Cumulant on D3Q27"
    assert tunnel(12.5, collision=KBC()).method.name == "KBC on D3Q27"
    assert tunnel(9.0, lattice=D3Q27).method.name == "CentralMoment on D3Q27"
    assert tunnel(6.0, collision=BGK(), lattice=D3Q27).reason == "as specified"


@pytest.mark.parametrize(
    ("make", "share", "options", "message"),
    [
        (tunnel, 1e4, {}, r"is 1e\+04 per cell, above the limit of 300 up to which RecursiveRegularised on D3Q27 is stable at "
         r"an inlet between free-slip sides, at any lattice velocity: use a voxel_size of at most 0.003 m \(now 0.1 m\), or"),
        (tunnel, 12.5, {"collision": TRT(), "lattice": D3Q19}, r"limit of 10 up to which TRT on D3Q19 .* of at most 0.08 m .*"
         r"a more stable collision \(CentralMoment on D3Q19, Cumulant on D3Q27, RecursiveRegularised on D3Q27\)"),
        (tunnel, 200.0, {"wall": ParabolicInterpolation()}, "limit of 50 up to which CentralMoment on D3Q19 is stable at an "
         "inlet between free-slip sides, around a body whose wall is on links, .* the partially saturated wall, or a lower"),
        (tunnel, 200.0, {"sides": (WALL,)}, "limit of 80 up to which Cumulant on D3Q27 is stable at an inlet that meets no-slip"),
        (vessel, 40.0, {}, "limit of 30 up to which Cumulant on D3Q27 is stable at an inlet whose velocity jumps at the wall, .* "
         r"a developed \(laminar\) profile at every inlet, or a lower"),
        (vessel, 60.0, {"developed": True}, "limit of 50 up to which Cumulant on D3Q27 is stable at an inlet with a developed"),
    ],
    ids=["no collision holds", "named", "links", "walls", "vessel", "developed"],
)
def test_what_does_not_hold_is_refused_before_the_run(make, share, options, message):
    with pytest.raises(UnitsError, match=message):
        make(share, **options)


def test_the_voxel_size_that_the_refusal_names_is_accepted():
    with pytest.raises(UnitsError) as refusal:
        tunnel(12.5, collision=TRT(), lattice=D3Q19)
    size = float(str(refusal.value).split("of at most ")[1].split(" m")[0])
    setup = WindTunnel(**{**BOX, "voxel_size": size, "reynolds": 125.0}, collision=TRT()).around({"b": BALL}, "b")
    assert setup.instability is None


def test_with_conditions_of_the_users_own_the_limit_is_a_warning():
    """The limits were measured with the tunnel's own inlet and outlet."""
    own = (SideCondition(X_MIN, RegularisedVelocity),)
    (warning,) = (each for each in tunnel(12.5, collision=TRT(), conditions=own).warnings if "u / nu" in each)
    assert "above the limit of 10 up to which TRT on D3Q19 is stable" in warning


@pytest.mark.parametrize("kind", [ZouHePressure, RegularisedPressure, GradPressure, LinkPressure, PressureOutlet])
@pytest.mark.parametrize("walls", [(), (WALL,)], ids=["slip", "walls"])
def test_a_pressure_that_takes_shear_for_pressure_is_doubted_beside_walls(kind, walls):
    warnings = tunnel(5.0, sides=walls, conditions=(SideCondition(X_MAX, kind),)).warnings
    doubts = [each for each in warnings if "meets no-slip" in each]
    assert len(doubts) == (bool(walls) and kind in (ZouHePressure, RegularisedPressure, GradPressure))
    if doubts:
        assert f"{kind.__name__} on x_max meets no-slip sides (y_min)" in doubts[0]
        assert "use LinkPressure" in doubts[0]


def test_a_viscosity_that_compresses_the_fluid_is_refused(device):
    """Re 1 in 12 cells across blew up at step 300, with a relaxation time that is "not too low"."""
    with pytest.raises(InternalFlowError, match=r"compresses the fluid by about \d+.*%, above the limit of 30%: use a lattice"):
        vessel(0.08, device)
    assert vessel(0.08, device, lattice_velocity=0.01).warnings == ()


FOUR = tuple(SideWall(face) for face in (Y_MIN, Y_MAX, Z_MIN, Z_MAX))


@pytest.mark.parametrize("reynolds", [1.0, 2.0, 3.0])
def test_a_tunnel_that_compresses_the_fluid_is_refused(device, reynolds):
    """A cylinder between four walls at Re 1.3 blew up at step 400; the lattice velocity that the message names is accepted."""
    options = {"sides": FOUR, "downstream": 12.0, "side": 0.4}
    with pytest.raises(WindTunnelError, match=r"compresses the fluid by about \d+.*, above the limit of 30%: use") as refusal:
        tunnel(0.1 * reynolds, device, **options)
    slower = float(str(refusal.value).split("lattice_velocity of ")[1].split(" ")[0])
    assert 0.0 < slower < 0.08
    assert not [each for each in tunnel(0.1 * reynolds, device, lattice_velocity=slower, **options).doubts if "compress" in each]
    assert tunnel(0.1 * reynolds, device).expected_compression < 0.1  # Between free-slip sides there is no friction.


def test_doubts_about_values_say_by_how_much(device):
    """Under-resolved layers, coarse bodies and wakes above Re 200 gave "several per cent", or nothing."""
    coarse, fine = (tunnel(share, device, voxel_size=size).doubts for share, size in ((49.0, 0.1), (7.0, 1.0 / 16.0)))
    assert sum("up to about" in each for each in coarse) == 3
    assert any("forces are wrong by up to about 55%" in each for each in coarse)
    assert any("drag is wrong by up to about 25%" in each for each in coarse)
    assert any("steady before is wrong by up to about 3%" in each for each in coarse)
    assert not [each for each in fine if "up to about" in each]


def test_a_uniform_inflow_that_develops_to_too_high_a_mach_number_is_refused(device):
    """At 0.118 cells per step a bend at Re 144 blew up as its flow developed; the advised velocity is accepted."""
    with pytest.raises(InternalFlowError, match=r"to 2 times .* of 0.118, a Mach number of 0.41, above") as refusal:
        vessel(4.0, device, lattice_velocity=0.118)
    vessel(4.0, device, lattice_velocity=float(str(refusal.value).split("at most ")[1]))
    vessel(4.0, device, lattice_velocity=0.118, developed=True)


def test_a_pressure_that_the_lattice_cannot_hold_is_refused(device):
    """With value, limit and a lattice velocity that is accepted."""
    conditions = {"in": Inlet(velocity=SPEED), "out": Outlet(pressure=1e5), "other": Outlet()}
    caps = {"in": IN, "out": OUT, "other": OUT}

    def flow(**options):
        return InternalFlow(voxel_size=VOXEL, density=1000.0, **options).within(open_tube(), caps, conditions, device=device)

    with pytest.raises(InternalFlowError, match=r"at out is 1e\+05 Pa: .* the density by .*%, above the limit of 10%") as refusal:
        flow()
    slower = float(str(refusal.value).split("lattice_velocity of ")[1].split(" ")[0])
    assert 0.0 < slower < 0.08
    flow(lattice_velocity=slower)


def test_the_limits_are_those_of_the_document():
    """The section that `benchmarks/stability.py` writes from the classes."""
    folder = Path(__file__).parents[2]
    section = runpy.run_path(str(folder / "benchmarks" / "stability.py"))["limits_section"]()
    assert section in (folder / "docs" / "explanation" / "stability.md").read_text()


@pytest.mark.validate
@pytest.mark.parametrize(
    ("cells", "reynolds"), [*itertools.product((8, 16), REYNOLDS), *itertools.product((32,), (1.0, 300.0, 10000.0))]
)
@pytest.mark.parametrize("walls", [(), FOUR], ids=["slip", "walls"])
def test_the_default_of_a_tunnel_holds_or_is_refused(device, reynolds, cells, walls):
    """A ball in a short tunnel, for three crossings: the flow stays sound, its speed below twice that of the inflow."""
    options = WindTunnel(voxel_size=1.0 / cells, reynolds=reynolds, upstream=1.0, downstream=1.5, side=0.75, sides=walls)
    try:
        setup = options.around({"ball": BALL}, "ball", device=device)
    except UnitsError as refusal:
        assert ", above " in str(refusal)  # noqa: PT017
        return
    _require_sound(setup, 3.0, 2.0)


@pytest.mark.validate
@pytest.mark.parametrize(
    ("collision", "lattice"),
    [(TRT(), D3Q19), (BGK(), D3Q19), (CentralMoment(), D3Q19), (RecursiveRegularised(), D3Q19), (CentralMoment(), D3Q27),
     (Cumulant(), D3Q27), (RecursiveRegularised(), D3Q27)], ids=str,
)
def test_a_turned_cylinder_with_a_wall_on_links_is_stable_at_the_limit(device, collision, lattice):
    """10.7 cells across, for eight crossings; TRT at 10 lasted 2.9 crossings, central moments of powers of c - u at 12 one."""
    rng = np.random.default_rng(90)
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    mesh = TriangleMesh.cylinder(0.5, (0.0, 0.0, -0.4), (0.0, 0.0, 0.4), 32)
    mesh = mesh.with_points(mesh.points @ (turn * np.sign(np.linalg.det(turn))).T)
    box = {"voxel_size": 0.1, "upstream": 0.9, "downstream": 2.2, "side": 0.55}
    options = WindTunnel(**box, collision=collision, lattice=lattice, wall=ParabolicInterpolation(), reynolds=1.0)
    setup = options.around({"cylinder": mesh}, "cylinder", device=device)
    _require_sound(setup.with_options(reynolds=0.99 * setup.method.limit(setup.inflow) * setup.cells_across), 8.0, 2.0)


@pytest.mark.validate
def test_a_uniform_inflow_at_reynolds_300_runs_by_default(device):
    """12 cells across, u / nu 25 per cell; with anti-bounce-back at the outlet the limit was 15."""
    options = InternalFlow(voxel_size=2.0 * RADIUS / 12.0, reynolds=300.0)
    setup = options.within(open_tube(), {"in": IN, "out": OUT}, {"in": Inlet(velocity=SPEED), "out": Outlet()}, device=device)
    assert setup.units.cell_reynolds == pytest.approx(25.0, rel=0.02)
    assert "Cumulant on D3Q27 (u / nu is 25" in setup.headline
    _require_sound(setup, 3.0, 2.2)


@pytest.mark.validate
@pytest.mark.parametrize("cells", [9, 12, 24])
@pytest.mark.parametrize("reynolds", REYNOLDS)
@pytest.mark.parametrize("developed", [False, True], ids=["uniform", "developed"])
def test_the_default_of_a_tilted_vessel_holds_or_is_refused(device, reynolds, cells, developed):
    """The tilted tube of 3.3 diameters, for three fillings; a uniform inflow develops to twice its mean velocity."""
    conditions = {"in": Inlet(velocity=SPEED, profile=LaminarInflow() if developed else UniformInflow()), "out": Outlet()}
    flow = InternalFlow(voxel_size=2.0 * RADIUS / (cells + 0.1), reynolds=reynolds)
    try:
        setup = flow.within(open_tube(), {"in": IN, "out": OUT}, conditions, device=device)
    except (UnitsError, InternalFlowError) as refusal:
        assert ", above " in str(refusal)  # noqa: PT017
        return
    _require_sound(setup, 3.0, 1.3 if developed else 2.2)


def _require_sound(setup, crossings, largest):
    """Runs the flow; its speed stays below a multiple of the inlet's largest."""
    simulation = setup.build().simulation
    simulation.run(round(crossings * setup.flow_through_steps))
    simulation.check_stability()
    speed = np.linalg.norm(simulation.velocity(), axis=-1).max()
    assert speed < largest * setup.options.lattice_velocity, f"{setup.method}: {speed / setup.options.lattice_velocity:.2f}"
