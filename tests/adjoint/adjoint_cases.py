"""Every operator of the package in some small flow in which all of its numbers matter."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import warp as wp
from adjoint_inputs import Adjoint, Everything, inputs
from channel_cases import Run
from collision_cases import BENT

from sparselbm.geometry import SolidFraction, TriangleMesh
from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9, D3Q19, D3Q27, Lattice
from sparselbm.models import Harmonic, RigidVelocity, Sponge
from sparselbm.models import RuntimeParameter as T
from sparselbm.models.boundary import (
    X_MAX,
    X_MIN,
    Y_MAX,
    Y_MIN,
    CharacteristicOutlet,
    ConvectiveOutlet,
    FreeSlip,
    GradPressure,
    GradVelocity,
    LinkPressure,
    MovingWall,
    Parabola,
    Patch,
    PressureOutlet,
    RegularisedPressure,
    RegularisedVelocity,
    VelocityInlet,
    ZouHePressure,
    ZouHeVelocity,
)
from sparselbm.models.collision import (
    BGK,
    KBC,
    MRT,
    TRT,
    CentralMoment,
    Cumulant,
    ExactDifference,
    RecursiveRegularised,
    Regularised,
)
from sparselbm.models.force import Boussinesq, ForceField, RotatingFrame, UniformForce
from sparselbm.models.rheology import Carreau, PowerLaw
from sparselbm.models.scalar import (
    BodyConduction,
    BodyFlux,
    BodyValue,
    FixedFlux,
    FixedInflow,
    FixedValue,
    Outflow,
    Scalar,
    ScalarBGK,
    ScalarTRT,
)
from sparselbm.models.turbulence import MixingLength, RoughWall, Smagorinsky, WallFunction
from sparselbm.models.wall import Bouzidi, CentralInterpolation, ParabolicInterpolation
from sparselbm.observe import Functional
from sparselbm.solver import Obstacle, Simulation

RATES, FOUR_ORDERS = (T(1.7), T(1.1), T(0.9), T(1.3)), (T(1.7), T(1.1), 1.0, 1.0)
"""Of D3Q27, and of lattices that have moments up to the fourth order."""

COLLISIONS = {
    "BGK": BGK(),
    "TRT": TRT(T(0.2)),
    "MRT": MRT(T(0.2), FOUR_ORDERS),
    "CentralMoment": CentralMoment(T(0.2), FOUR_ORDERS),
    "Cumulant": Cumulant(T(0.2), FOUR_ORDERS),
    "Regularised": Regularised(),
    "RecursiveRegularised": RecursiveRegularised(),
    "KBC": KBC(),
    "ExactDifference": ExactDifference(TRT(T(0.2))),
    "Smagorinsky": Smagorinsky(TRT(T(0.2)), T(0.15)),
    "PowerLaw": PowerLaw(BGK(), exponent=T(0.7), consistency=T(0.01), min_viscosity=T(0.04), max_viscosity=T(0.048)),
    "Carreau": Carreau(
        RecursiveRegularised(), relaxation_time=T(500.0), power_index=T(0.5), infinite_shear_viscosity=T(0.01), a=T(1.8)
    ),
}

OPENINGS = {
    "VelocityInlet, PressureOutlet": (VelocityInlet, lambda: PressureOutlet(X_MAX, 1.002, T(0.01))),
    "VelocityInlet, CharacteristicOutlet": (
        VelocityInlet, lambda: CharacteristicOutlet(X_MAX, 1.002, T(0.01), transverse=T(0.5)),
    ),
    "VelocityInlet, ConvectiveOutlet": (VelocityInlet, lambda: ConvectiveOutlet(X_MAX, T(0.05), 1.002, relaxation=T(0.01))),
    "ZouHeVelocity, ZouHePressure": (ZouHeVelocity, lambda: ZouHePressure(X_MAX, 1.002)),
    "RegularisedVelocity, RegularisedPressure": (RegularisedVelocity, lambda: RegularisedPressure(X_MAX, 1.002)),
    "GradVelocity, GradPressure": (GradVelocity, lambda: GradPressure(X_MAX, 1.002)),
    "VelocityInlet, LinkPressure": (VelocityInlet, lambda: LinkPressure(X_MAX, 1.002)),
}
"""Inlet, and the outlet with its numbers."""

EVERYWHERE = {2: (0.05, 0.01), 3: (0.05, 0.01, 0.005)}
"""Velocity of inlets."""

EVERYTHING = Everything()


@dataclass(frozen=True, eq=False)
class Case:
    """A flow, from a device."""

    build: Callable[[str], Simulation]
    bent: bool = False
    """Whether its equations bend where the flow is hardly strained: differences then need small steps."""
    objective: Functional = EVERYTHING
    steps: int = 12

    @functools.cache  # noqa: B019 (the cases live as long as the session)
    def run(self, device: str) -> Run:
        """Its run of some steps; all tests leave the inputs as they were."""
        simulation = self.build(device)
        rng = np.random.default_rng(2)
        for scalar in simulation.physics.scalars:
            simulation.set_scalar(scalar.name, rng.random(simulation.domain.fluid.shape))
        run = Run(simulation, {"everything": self.objective}, steps=self.steps)
        if self.bent:  # Where nothing is strained at all they have no derivative.
            simulation.run(200)
            run.start_here()
        return run

    @functools.cache  # noqa: B019
    def adjoint(self, device: str) -> Adjoint:
        """The adjoint of that run, with respect to all its inputs."""
        return Adjoint(self.run(device), inputs(self.run(device), bent=self.bent))


def channel(lattice: Lattice = D2Q9, collision=TRT(), *, wall=SolidFraction(), **options) -> Callable[[str], Simulation]:
    """Inlet, outlet, moving wall, free slip, a wall at rest in 3D, a body, a force; no side is a multiple of 8 cells."""
    d = lattice.dimension
    given = {
        "viscosity": 0.05, "force": (1e-4, 6e-5, -8e-5)[:d], "obstacles": (Obstacle("body", _off_the_grid(d), wall=wall),),
        "boundaries": (
            VelocityInlet(X_MIN, EVERYWHERE[d]), MovingWall(Y_MIN, (0.02, 0.0, 0.01)[:d]), FreeSlip(Y_MAX),
            PressureOutlet(X_MAX, relaxation=0.01),
        ),
        "precision": wp.float64,
    }
    return lambda device: Simulation(
        box((20, 13, 11)[:d], device=device), lattice=lattice, collision=collision, **given | options
    )


def _off_the_grid(d: int) -> TriangleMesh:
    """The channel's body, none of its corners on a line of cells."""
    if d == 3:
        return TriangleMesh.sphere(3.0, (9.31, 6.57, 5.93), 1)
    return TriangleMesh.cylinder(3.2, (9.337, 6.611, -6.0), (9.337, 6.611, 7.0), 24)


def duct(openings: str, lattice: Lattice = D2Q9, collision=TRT(), *walls) -> Callable[[str], Simulation]:
    """A channel between walls at rest with an inlet and an outlet of some kind, beside a force where the inlet allows for one."""
    inlet, outlet = OPENINGS[openings]
    faces = (*walls, inlet(X_MIN, EVERYWHERE[lattice.dimension]), outlet())
    force = UniformForce((1e-4, -2e-4, 5e-5)[: lattice.dimension]) if inlet.prescribes_momentum else None
    return channel(lattice, collision, boundaries=faces, force=force)


def moving(lattice: Lattice, wall) -> Callable[[str], Simulation]:
    """Two bodies, one of which moves in itself."""
    d = lattice.dimension
    if d == 2:
        motion = RigidVelocity((0.02, -0.01), (0.004,), (9.0, 6.4))
        meshes = [TriangleMesh.cylinder(r, (*c, -9.0), (*c, 9.0), 24) for r, c in ((3.2, (9.31, 6.57)), (1.4, (15.43, 3.21)))]
    else:
        motion = RigidVelocity((0.02, -0.01, 0.01), (0.003, 0.001, 0.004), (9.0, 6.4, 6.0))
        meshes = [TriangleMesh.sphere(r, c, 1) for r, c in ((3.0, (9.31, 6.57, 5.93)), (1.4, (15.31, 3.41, 5.22)))]
    bodies = (Obstacle("body", meshes[0], wall=wall, motion=motion), Obstacle("other", meshes[1], wall=wall))
    return channel(lattice, obstacles=bodies)


def swirl(x):
    """A force that no potential has."""
    f = [np.sin(0.4 * x[..., 1]), np.cos(0.3 * x[..., 0]), 1.0 + np.cos(0.4 * x[..., 1])]
    return 1e-4 * np.stack(f[: x.shape[-1]], axis=-1)


def frame(lattice: Lattice) -> Callable[[str], Simulation]:
    """A given force field and a frame that turns, in a channel with a profile, a sponge and a schedule."""
    d = lattice.dimension
    turn = RotatingFrame((2e-3,) if d == 2 else (1e-3, -5e-4, 2e-3), (9.0, 5.0, 4.0)[:d])
    return channel(
        lattice, force=(UniformForce((1e-5,) * d), ForceField(swirl, 0.8), turn), viscosity_field=Sponge(X_MAX, 6.0, 3.0),
        boundaries=(VelocityInlet(X_MIN, EVERYWHERE[d], profile=Parabola(0)), PressureOutlet(X_MAX, relaxation=0.01)),
        schedules={"viscosity": Harmonic(9.0, 0.3, 1.0), "x_min.velocity_x": Harmonic(7.0, 0.5, 0.8)},
    )


def warm(lattice: Lattice, wall=SolidFraction(), **options) -> Callable[[str], Simulation]:
    """A channel with a warm body and two scalars, one of which drives the flow."""
    d = lattice.dimension
    heat = Scalar(
        "heat", 0.04, ScalarTRT(T(0.15)), (FixedValue(X_MIN, 0.6), FixedFlux(Y_MIN, 0.02), Outflow(X_MAX)),
        bodies=(BodyValue("body", 1.4),), source=2e-3,
    )
    released = (BodyFlux("body", 2e-3),) if isinstance(wall, SolidFraction) else ()
    dye = Scalar("dye", 0.07, ScalarBGK(), (FixedInflow(X_MIN, 1.0),), released)
    return channel(
        lattice, wall=wall, scalars=(heat, dye), force=Boussinesq("heat", 0.7, (2e-4, -1e-3, 3e-4)[:d], reference=0.2),
        boundaries=(VelocityInlet(X_MIN, EVERYWHERE[d]), PressureOutlet(X_MAX, relaxation=0.01)),
        **options,
    )


def conducting(lattice: Lattice) -> Callable[[str], Simulation]:
    """The warm channel with a body that conducts, beside an inlet of another value and a source in the fluid."""
    d = lattice.dimension
    heat = Scalar(
        "heat", 0.04, ScalarTRT(T(0.15)), (FixedValue(X_MIN, 0.6), FixedFlux(Y_MIN, 0.02), Outflow(X_MAX)),
        bodies=(BodyConduction("body", 3.0, 0.7),), source=2e-3,
    )
    return channel(
        lattice, scalars=(heat,), force=Boussinesq("heat", 0.7, (2e-4, -1e-3, 3e-4)[:d], reference=0.2),
        boundaries=(VelocityInlet(X_MIN, EVERYWHERE[d]), PressureOutlet(X_MAX, relaxation=0.01)),
    )


def seams(lattice: Lattice, wall=SolidFraction(), **options) -> Callable[[str], Simulation]:
    """A body near the ends of periodic axes that whole tiles do not fill, above a wall that moves."""
    d = lattice.dimension
    if d == 2:
        mesh = TriangleMesh.cylinder(2.7, (2.937, 6.611, -6.0), (2.937, 6.611, 7.0), 24)
    else:
        mesh = TriangleMesh.sphere(2.7, (2.91, 6.57, 7.93), 1)
    return lambda device: Simulation(
        box((10, 13, 11)[:d], periodic=(True, False, True)[:d], device=device), lattice=lattice, viscosity=0.05,
        precision=wp.float64, obstacles=(Obstacle("body", mesh, wall=wall),),
        **{"boundaries": (MovingWall(Y_MIN, (0.02, 0.0, 0.03)[:d]),), "force": (3e-4, 6e-5, -8e-5)[:d], **options},
    )


def dyed(lattice: Lattice) -> Callable[[str], Simulation]:
    """The same with a scalar that drives the flow."""
    heat = Scalar("heat", 0.04, ScalarTRT(T(0.15)), (FixedValue(Y_MIN, 0.6),), bodies=(BodyValue("body", 1.4),))
    return seams(lattice, scalars=(heat,), force=Boussinesq("heat", 0.7, (2e-4, -1e-3), reference=0.2))


def patch(device: str) -> Simulation:
    """A tilted inlet and an outlet of any shape in a vessel whose wall lies on links."""
    vessel = TriangleMesh.cylinder(6.13, (10.04, 9.97, -9.0), (10.04, 9.97, 9.0), 32)
    cap = TriangleMesh.box((2.0, 8.1, -9.0), (6.2, 12.3, 9.0))
    end = TriangleMesh.box((13.9, 7.2, -9.0), (18.0, 12.1, 9.0))
    return Simulation(
        box((20, 20), device=device), viscosity=0.05, precision=wp.float64,
        obstacles=(Obstacle("vessel", vessel, wall=Bouzidi(), hollow=True),),
        boundaries=(GradVelocity(Patch("cap", cap), (0.05, 0.01)), LinkPressure(Patch("end", end), 1.002)),
    )


CASES = {
    **{f"{name}-D2Q9": Case(channel(D2Q9, model), isinstance(model, BENT)) for name, model in COLLISIONS.items()},
    "TRT-D3Q19": Case(channel(D3Q19, COLLISIONS["TRT"])),
    "MRT-D3Q19": Case(channel(D3Q19, COLLISIONS["MRT"])),
    "Cumulant-D3Q27": Case(channel(D3Q27, Cumulant(T(0.2), RATES))),
    **{f"{name}-D2Q9": Case(duct(name)) for name in OPENINGS},
    "CharacteristicOutlet-D3Q19": Case(duct("VelocityInlet, CharacteristicOutlet", D3Q19)),
    "RegularisedVelocity-D3Q19": Case(duct("RegularisedVelocity, RegularisedPressure", D3Q19)),
    "ZouHeVelocity-D3Q27": Case(duct("ZouHeVelocity, ZouHePressure", D3Q27, Cumulant())),
    **{
        f"WallFunction at {nu:g}-{lattice}": Case(
            duct("VelocityInlet, PressureOutlet", lattice, TRT(), WallFunction(Y_MIN, nu))
        )
        for nu, lattice in ((1e-5, D2Q9), (0.05, D2Q9), (1e-5, D3Q19))
    },
    **{
        f"MixingLength above a RoughWall-{lattice}": Case(
            duct("VelocityInlet, PressureOutlet", lattice, MixingLength(Regularised(), T(3.0)), RoughWall(Y_MIN, 0.06)),
            bent=True,
        )
        for lattice in (D2Q9, D3Q19)
    },
    "Bouzidi-D2Q9": Case(channel(wall=Bouzidi())),
    "CentralInterpolation-D2Q9": Case(channel(wall=CentralInterpolation())),
    "CentralInterpolation-D3Q19": Case(channel(D3Q19, wall=CentralInterpolation())),
    "ParabolicInterpolation-D2Q9": Case(channel(wall=ParabolicInterpolation())),
    "moving ParabolicInterpolation-D3Q19": Case(moving(D3Q19, ParabolicInterpolation())),
    "GradVelocity, LinkPressure on patches-D2Q9": Case(patch),
    "moving solid-D2Q9": Case(moving(D2Q9, SolidFraction())),
    "moving solid-D3Q19": Case(moving(D3Q19, SolidFraction())),
    "moving Bouzidi-D2Q9": Case(moving(D2Q9, Bouzidi())),
    "moving Bouzidi-D3Q19": Case(moving(D3Q19, Bouzidi())),
    "fields and schedules-D2Q9": Case(frame(D2Q9)),
    "fields and schedules-D3Q19": Case(frame(D3Q19)),
    "scalars-D2Q9": Case(warm(D2Q9)),
    "scalars-D3Q19": Case(warm(D3Q19)),
    "scalars, Bouzidi-D2Q9": Case(warm(D2Q9, Bouzidi())),
    "conduction-D2Q9": Case(conducting(D2Q9)),
    "seams, scalars-D2Q9": Case(dyed(D2Q9)),
    "seams, Bouzidi-D2Q9": Case(seams(D2Q9, Bouzidi())),
    "seams-D3Q19": Case(seams(D3Q19)),
}
