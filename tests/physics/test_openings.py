"""Parts of sides, patches of any shape, profiles, schedules, sponges and body forces."""

import numpy as np
import pytest
import warp as wp
from flows import momentum_density, places, run_until_steady

from sparselbm.errors import WallError
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box, inside
from sparselbm.models import Harmonic, ScaledViscosity, SmoothStart, Sponge
from sparselbm.models.boundary import (
    X_MAX,
    X_MIN,
    Y_MAX,
    Y_MIN,
    FaceRegion,
    Parabola,
    Patch,
    Poiseuille,
    PowerProfile,
    PressureOutlet,
    Tabulated,
    VelocityInlet,
    Womersley,
    ZouHeVelocity,
)
from sparselbm.models.force import ForceField, RotatingFrame, UniformForce
from sparselbm.models.wall import Bouzidi
from sparselbm.observe import FlowRate, evaluate
from sparselbm.solver import Obstacle, Simulation


def test_a_parabola_stays_one_through_a_channel(device):
    """Inlet with the exact profile: every column carries its mass flux, in sum 2/3 of the maximum."""
    inlet = VelocityInlet(X_MIN, (0.03, 0.0), profile=Parabola(0))
    simulation = Simulation(
        box((40, 16), device=device), viscosity=0.1, boundaries=[inlet, PressureOutlet(X_MAX)], precision=wp.float64
    )
    run_until_steady(simulation, 1e-7)
    j = momentum_density(simulation)[..., 0]
    s = (np.arange(16) + 0.5) / 16.0
    assert np.abs(j[8:32] - 0.03 * 4.0 * s * (1.0 - s)).max() < 0.01 * 0.03
    assert j[20].sum() == pytest.approx(0.03 * 16 * 2 / 3, rel=1e-4)


def test_two_inlets_share_a_side(device):
    """A jet through part of a side, still fluid beside it; parts that overlap, or hold no cell, are refused."""
    jet = X_MIN.within(FaceRegion((0.0, 4.0), (1.0, 12.0)), "jet")
    rest = X_MIN.within(FaceRegion((0.0, 12.0), (1.0, 16.0)), "rest")
    conditions = [VelocityInlet(jet, (0.05, 0.0)), VelocityInlet(rest, (0.0, 0.0)), PressureOutlet(X_MAX)]
    simulation = Simulation(box((24, 16), device=device), viscosity=0.1, boundaries=conditions, precision=wp.float64)
    assert simulation.parameter("jet.velocity_x") == pytest.approx(0.05)
    run_until_steady(simulation, 1e-6)
    assert evaluate(FlowRate(axis=0, layer=12), simulation) == pytest.approx(0.05 * 8, rel=0.01)
    wide = X_MIN.within(FaceRegion((0.0, 2.0), (1.0, 6.0)), "wide")
    with pytest.raises(WallError, match=r"jet and wide share 2 cells"):
        Simulation(
            box((24, 16), device=device),
            viscosity=0.1,
            boundaries=[conditions[0], VelocityInlet(wide, (0.1, 0.0))],
        )
    nowhere = X_MIN.within(FaceRegion((0.0, 40.0), (1.0, 60.0)), "nowhere")
    with pytest.raises(WallError, match="VelocityInlet on nowhere: no fluid cell lies along it"):
        Simulation(box((24, 16), device=device), viscosity=0.1, boundaries=[VelocityInlet(nowhere, (0.1, 0.0))])


def disc(centre, axis, radius, segments=48):
    """A flat cap."""
    axis = np.asarray(axis) / np.linalg.norm(axis)
    side = np.cross(axis, [0.0, 0.0, 1.0] if abs(axis[2]) < 0.9 else [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    angles = np.linspace(0.0, 2.0 * np.pi, segments, endpoint=False)
    rim = np.asarray(centre) + radius * (
        np.cos(angles)[:, None] * side + np.sin(angles)[:, None] * np.cross(axis, side)
    )
    points = np.vstack([centre, rim])
    faces = [(0, 1 + k, 1 + (k + 1) % segments) for k in range(segments)]
    return TriangleMesh(points, np.array(faces))


def test_flow_through_the_tilted_caps_of_a_pipe(device):
    """A pipe along (3, 2, 1), 12 cells across, with a flow rate given at both caps: Poiseuille flow in its middle."""
    axis = np.array([3.0, 2.0, 1.0]) / np.sqrt(14.0)
    start = np.array([8.0, 8.0, 8.0])  # The caps go through centres of cells.
    end, radius, speed = start + 44.0 * axis, 6.0, 0.02
    pipe = TriangleMesh.cylinder(radius, tuple(start), tuple(end), 64)
    domain = inside(pipe, voxel_size=1.0, origin=(0.0, 0.0, 0.0), shape=(56, 48, 32), device=device)
    inlet = VelocityInlet(Patch("inlet", disc(start, axis, radius + 1.5)), tuple(speed * axis))
    outlet = VelocityInlet(Patch("outlet", disc(end, axis, radius + 1.5)), tuple(speed * axis))
    simulation = Simulation(
        domain, viscosity=0.1, boundaries=[inlet, outlet], precision=wp.float64,
        obstacles=[Obstacle("wall", pipe, wall=Bouzidi(), hollow=True)],
    )
    rate = speed * np.pi * radius**2
    for name, towards in (("inlet", axis), ("outlet", -axis)):
        area = simulation.walls.areas[name]
        assert area @ towards == pytest.approx(np.pi * radius**2, rel=0.06)
        for k, coordinate in enumerate("xyz"):
            simulation.set_parameter(f"{name}.velocity_{coordinate}", rate / abs(area @ axis) * axis[k])
    simulation.run(1500)
    centres = simulation.domain.cell_indices() + 0.5
    along = (centres - start) @ axis
    r2 = ((centres - start) ** 2).sum(axis=-1) - along**2
    middle = simulation.walls.fluid & (np.abs(along - 22.0) < 4.0)
    u = simulation.velocity() @ axis
    assert u[middle].sum() / 8.0 == pytest.approx(rate, rel=0.02)
    exact = 2.0 * speed * (1.0 - r2 / radius**2)
    assert np.sqrt(np.mean((u - exact)[middle] ** 2)) < 0.02 * 2.0 * speed
    with pytest.raises(WallError, match="ZouHeVelocity on inlet: it needs a side of the box"):
        Simulation(domain, viscosity=0.1, boundaries=[ZouHeVelocity(inlet.face, inlet.velocity)])
    far = Patch("far", disc((200.0, 0.0, 0.0), axis, 3.0))
    with pytest.raises(WallError, match="VelocityInlet on far: no fluid cell"):
        Simulation(domain, viscosity=0.1, boundaries=[VelocityInlet(far, (0.0, 0.0, 0.0))])


def test_an_oscillating_force_gives_the_womersley_flow_of_a_plane_channel(device):
    """u = Re(i G / omega (1 - cosh(k y) / cosh(k H / 2)) e^(-i omega t)), k^2 = -i omega / nu, for G cos(omega t)."""
    n, nu, period, G = 16, 0.1, 1000.0, 1e-5
    simulation = Simulation(
        box((8, n), periodic=(True, False), device=device), viscosity=nu, force=(G, 0.0), precision=wp.float64,
        schedules={"force_x": Harmonic(period, phase=np.pi / 2)},
    )
    simulation.run(4000)
    omega = 2.0 * np.pi / period
    k = np.sqrt(-1j * omega / nu)
    y = np.arange(n) + 0.5 - n / 2
    shape = 1j * G / omega * (1.0 - np.cosh(k * y) / np.cosh(k * n / 2))
    for _ in range(4):
        exact = (shape * np.exp(-1j * omega * simulation.steps)).real
        u = simulation.domain.dense(simulation.velocity())[0, :, 0]
        assert np.abs(u - exact).max() < 0.01 * np.abs(shape).max()
        simulation.run(250)


def test_a_smooth_start_sends_out_less_sound(device):
    """Largest pressure in a channel that is filled from rest: a tenth of that of a sudden start."""

    def loudest(schedules):
        inlet, outlet = VelocityInlet(X_MIN, (0.05, 0.0)), PressureOutlet(X_MAX)
        simulation = Simulation(
            box((64, 8), periodic=(False, True), device=device), viscosity=0.02, boundaries=[inlet, outlet],
            schedules=schedules,
        )
        peaks = []
        for _ in range(20):
            simulation.run(50)
            peaks.append(np.abs(simulation.density() - 1.0).max())
        return max(peaks)

    assert loudest({"x_min.velocity_x": SmoothStart(1000)}) < 0.7 * loudest({})


def test_an_unsteady_profile_is_computed_for_every_step(device):
    """A profile of place and step against the same flow by a schedule of a steady one."""
    options = {"viscosity": 0.1, "precision": wp.float64}
    wave = Harmonic(200.0, amplitude=0.5, mean=1.0)
    shape = Parabola(0)
    moving = Tabulated(lambda x, step: shape.factors(x, (24, 16), step) * wave(step), steady=False)
    fields = []
    for profile, schedules in ((moving, {}), (shape, {"x_min.velocity_x": wave})):
        conditions = [VelocityInlet(X_MIN, (0.03, 0.0), profile=profile), PressureOutlet(X_MAX)]
        simulation = Simulation(box((24, 16), device=device), boundaries=conditions, schedules=schedules, **options)
        simulation.run(130)
        fields.append(simulation.velocity())
    assert np.abs(fields[0]).max() > 0.01
    assert np.abs(fields[0] - fields[1]).max() < 1e-14


def test_a_force_field_that_is_uniform_is_a_uniform_force(device):
    field = ForceField(lambda x: np.broadcast_to([1e-5, 2e-6], x.shape))
    flows = []
    for force in ([field, UniformForce((1e-6, 0.0))], (1.1e-5, 2e-6)):
        simulation = Simulation(
            box((16, 16), periodic=(True, False), device=device), viscosity=0.1, force=force, precision=wp.float64
        )
        simulation.run(300)
        flows.append(simulation.velocity())
    assert np.abs(flows[0]).max() > 1e-3
    assert np.abs(flows[0] - flows[1]).max() < 1e-15


def test_a_curl_free_force_field_is_balanced_by_pressure(device):
    """F = -grad phi in a closed box: the fluid stays at rest, c_s^2 rho + phi is the same everywhere."""
    field = ForceField(lambda x: np.stack([1e-5 * np.sin(2 * np.pi * x[..., 0] / 32), 0.0 * x[..., 0]], axis=-1))
    simulation = Simulation(
        box((32, 8), periodic=(True, True), device=device), viscosity=1.0, force=field, precision=wp.float64
    )
    simulation.run(4000)
    assert np.abs(simulation.velocity()).max() < 1e-5 * 1e-3
    potential = 1e-5 * 32 / (2 * np.pi) * np.cos(2 * np.pi * (places(simulation)[..., 0] + 0.5) / 32)
    level = simulation.density() / 3.0 + potential
    assert np.ptp(level) < 0.01 * np.ptp(potential)


def test_coriolis_force_turns_a_uniform_flow_in_an_inertial_circle(device):
    """du/dt = -2 Omega x u, the centrifugal part compensated: half a turn after pi / (2 Omega) steps, the speed unchanged."""
    Omega, n = np.pi / 2.0 / 400.0, 8
    centre = (n / 2, n / 2)
    against = ForceField(lambda x: -(Omega**2) * (x - np.asarray(centre)))
    simulation = Simulation(
        box((n, n), periodic=(True, True), device=device), viscosity=0.1, precision=wp.float64,
        force=[against, RotatingFrame((Omega,), centre)],
    )
    simulation.set_state(1.0, (0.02, 0.0))
    simulation.run(400)
    u = simulation.velocity().reshape(-1, 2).mean(axis=0)
    assert u == pytest.approx([-0.02, 0.0], abs=2e-4)


def test_a_sponge_damps_what_comes_back(device):
    """Kinetic energy of a shear flow behind an outlet's sponge layer, against none."""

    def left(viscosity_field):
        simulation = Simulation(
            box((64, 16), periodic=(True, True), device=device), viscosity=0.002, viscosity_field=viscosity_field
        )
        u = np.zeros((*simulation.domain.fluid.shape, 2))
        u[..., 1] = 0.02 * np.sin(2 * np.pi * (places(simulation)[..., 0] + 0.5) / 16)
        simulation.set_state(1.0, u)
        simulation.run(300)
        energy = simulation.domain.dense(simulation.velocity()[..., 1] ** 2).sum(axis=1)
        return energy[48:].sum(), energy[8:24].sum()

    near, far = left(Sponge(X_MAX, 20, 50.0))
    near_without, far_without = left(None)
    assert near < 0.3 * near_without
    assert far == pytest.approx(far_without, rel=0.02)


def test_layers_of_two_viscosities_share_the_shear_stress(device):
    """Couette flow through layers of nu and 4 nu: the velocity gradients are 4 : 1."""
    from sparselbm.models.boundary import MovingWall

    layers = ScaledViscosity(lambda x: np.where(x[..., 1] < 8.0, 1.0, 4.0))
    simulation = Simulation(
        box((8, 16), periodic=(True, False), device=device), viscosity=0.1, viscosity_field=layers,
        boundaries=[MovingWall(Y_MAX, (0.05, 0.0))], precision=wp.float64,
    )
    run_until_steady(simulation, 1e-8)
    u = simulation.domain.dense(simulation.velocity())[0, :, 0]
    assert (u[6] - u[2]) / (u[14] - u[10]) == pytest.approx(4.0, rel=1e-3)


def test_what_is_refused(device):
    domain = box((16, 16), device=device)
    with pytest.raises(ValueError, match="no parameter 'force_x'"):
        Simulation(domain, viscosity=0.1, schedules={"force_x": SmoothStart(10)})
    profile = Tabulated(lambda x: np.ones(3))
    with pytest.raises(ValueError, match=r"the profile on y_min gives an array of shape \(3,\)"):
        Simulation(domain, viscosity=0.1, boundaries=[VelocityInlet(Y_MIN, (0.0, 0.1), profile=profile)])
    with pytest.raises(ValueError, match="2 boundary conditions on x_min"):
        Simulation(domain, viscosity=0.1, boundaries=[VelocityInlet(X_MIN, (0.1, 0.0))] * 2)
    with pytest.raises(ValueError, match="all values above 0"):
        Simulation(domain, viscosity=0.1, viscosity_field=ScaledViscosity(lambda x: 0.0 * x[..., 0]))


def test_profiles_of_pipes():
    """Means over the cross-section: 1/2 of a parabola, 2 n^2 / ((n + 1) (2 n + 1)) of a power; a slow pulse is a parabola."""
    r = np.sqrt((np.arange(20000) + 0.5) / 20000)  # Equal areas.
    centres = 5.0 + 4.0 * np.stack([0.0 * r, r, 0.0 * r], axis=1)
    pipe = {"centre": (5.0, 5.0, 5.0), "axis": (2.0, 0.0, 0.0), "radius": 4.0}
    assert Poiseuille(**pipe).factors(centres, (), 0).mean() == pytest.approx(0.5, rel=1e-4)
    assert PowerProfile(**pipe, n=7.0).factors(centres, (), 0).mean() == pytest.approx(98.0 / 120.0, rel=1e-3)
    slow = Womersley(**pipe, period=1e6, viscosity=1.0)
    assert slow.factors(centres, (), 0) == pytest.approx(1.0 - r**2, abs=1e-4)
    for alpha, phase in ((4.0, -65.57), (8.0, -78.94)):  # Of the flow rate behind the gradient, from the exact solution.
        pulse = Womersley(**pipe, period=400.0, viscosity=2.0 * np.pi / 400.0 * 16.0 / alpha**2)
        assert pulse.alpha == pytest.approx(alpha)
        rates = np.array([pulse.factors(centres, (), step).mean() for step in range(0, 400, 20)])
        turn = np.sum(rates * np.exp(-2j * np.pi * np.arange(20) / 20))
        assert np.degrees(np.angle(turn)) == pytest.approx(phase, abs=0.05)
