"""Kernels whose texts are compared with a committed table of hashes.

A kernel's text is all of its physics. Where a change is meant to leave the physics alone, no hash may change; where a change is
meant to alter some texts, the table shows which. Run this file to write the table anew: `python tests/golden/golden_kernels.py`,
and say in the commit's message why the texts have changed.
"""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import warp as wp

from sparselbm.adjoint.second_moments import _moments_kernel, _populations_kernel
from sparselbm.backends import CPU, CUDA, Backend
from sparselbm.kernels.adjoint import (
    GradientTargets,
    adjoint_kernel,
    differences_transpose_kernel,
    populations_adjoint_kernel,
)
from sparselbm.kernels.amounts import amount_adjoint_kernel, change_kernel, mass_kernel
from sparselbm.kernels.context import Target
from sparselbm.kernels.moments import (
    equilibrium_adjoint_kernel,
    equilibrium_kernel,
    moments_adjoint_kernel,
    moments_kernel,
)
from sparselbm.kernels.observables import force_field_kernel, integral_adjoint_kernel, integral_kernel
from sparselbm.kernels.scalars import scalar_equilibrium_kernel, scalar_kernel
from sparselbm.kernels.step import (
    even_step_kernel,
    odd_step_kernel,
    settle_kernel,
    step_kernel,
    stream_kernel,
    unstream_kernel,
)
from sparselbm.kernels.tile_kernel import TileKernel
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.models import RuntimeParameter
from sparselbm.models.boundary import (
    X_MAX,
    X_MIN,
    Y_MAX,
    Y_MIN,
    Z_MIN,
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
from sparselbm.models.force import Boussinesq, Brinkman, ForceField, RotatingFrame, UniformForce
from sparselbm.models.physics import Physics, TileClass
from sparselbm.models.rheology import Carreau, PowerLaw
from sparselbm.models.scalar import (
    BodyConduction,
    BodyFlux,
    BodyValue,
    FixedFlux,
    FixedInflow,
    FixedValue,
    LinkOutflow,
    Outflow,
    Scalar,
    ScalarBGK,
    ScalarTRT,
)
from sparselbm.models.turbulence import WALE, MixingLength, RoughWall, Smagorinsky, WallFunction
from sparselbm.models.wall import Bouzidi, CentralInterpolation, Halfway, ParabolicInterpolation
from sparselbm.observe import (
    CellIntegral,
    Dissipation,
    FlowRate,
    Force,
    Integral,
    KineticEnergy,
    LayerArea,
    LayerPressure,
    LayerVelocity,
    PowerLoss,
    ScalarContent,
    ScalarFlux,
    ScalarIntegral,
    ScalarRelease,
    Torque,
)
from sparselbm.observe.monitor.velocity_gradients import gradients_kernel
from sparselbm.observe.openings import _flux_kernel
from sparselbm.observe.wall_shear import _stress_kernel
from sparselbm.solver.moving.coupling import coupling_kernel
from sparselbm.solver.stability import LIMITS, limits_kernel, suspicion_kernel

TABLE = Path(__file__).with_name("kernel_texts.json")

PLAIN, WALLS = TileClass(walls=False, solid=False), TileClass(walls=True, solid=False)
SOLID, EVERYTHING = TileClass(walls=True, solid=True), TileClass(walls=True, solid=True, fields=True, fractions=True)
ALL = GradientTargets(solid=True, fields=True, parameters=True, fractions=True)
CUDA32 = Target(wp.float32, CUDA)


def along_x(lattice, u):
    return (u, 0.0, 0.0)[: lattice.dimension]


def channel(lattice, inlet, outlet, collision=TRT()):
    """A flow from one boundary condition to another, between slip sides."""
    return Physics(lattice, collision, (inlet, FreeSlip(Y_MIN), FreeSlip(Y_MAX), outlet))


def everything(lattice, collision=WALE(TRT()), **settings):
    """All that can be set at once: scalars, forces, schedules, profiles, a moving and a resting obstacle, a varied viscosity."""
    d = lattice.dimension
    inlet = VelocityInlet(X_MIN, along_x(lattice, 0.05), profile=Parabola(0))
    heat = Scalar("heat", 0.1, conditions=(FixedValue(X_MIN, 1.0), Outflow(X_MAX)), bodies=(BodyValue("body", 0.5),))
    return Physics(
        lattice, collision, (inlet, FreeSlip(Y_MAX), PressureOutlet(X_MAX)),
        (UniformForce((0.0,) * d), Boussinesq("heat", 1.0, (0.0,) * d)), obstacles=("body", "post"), moving=("body",),
        scalars=(heat, Scalar("dye", 0.1)), varied_viscosity=True, scheduled=("force_x", "viscosity"), **settings,
    )


def _between_patches(lattice):
    """A flow between openings of any shape, with a force from cell to cell and two scalars of their own collisions."""
    inlet, outlet = Patch("inlet", mesh=None), Patch("outlet", mesh=None)
    flow = VelocityInlet(inlet, along_x(lattice, 0.05)), LinkPressure(outlet)
    dye = Scalar("dye", 0.1, ScalarBGK(), (FixedFlux(inlet, 1e-3),), source=1e-4)
    heat = Scalar("heat", 0.1, ScalarTRT(1 / 4), (FixedValue(inlet, 1.0), LinkOutflow(outlet)))
    force = ForceField(lambda centres: centres)
    return Physics(lattice, TRT(), flow, (force,), obstacles=("body",), link_wall=Halfway(), scalars=(dye, heat))


def _steps(single: Target, double: Target):
    """Steps: every collision, every boundary condition, every class of tiles."""
    collisions = [
        BGK(), TRT(), MRT(), CentralMoment(), Regularised(), RecursiveRegularised(), ExactDifference(BGK()),
        Smagorinsky(TRT(), 0.15), WALE(TRT()), PowerLaw(BGK(), exponent=0.7), TRT(magic=RuntimeParameter(0.2)),
        Carreau(RecursiveRegularised(), relaxation_time=500.0, power_index=0.5, infinite_shear_viscosity=0.02),
    ]
    lattices = (D3Q19, D2Q9, D3Q27)
    for k, collision in enumerate(collisions):
        lattice = lattices[k % 3]
        name = type(collision).__name__ + (" tunable" if k == 10 else "")
        yield f"step, {name}, {lattice!r}", step_kernel(Physics(lattice, collision), (PLAIN, WALLS)[k % 2], single)
    for collision, lattice in ((KBC(), D2Q9), (Cumulant(), D3Q27)):
        name = type(collision).__name__
        yield f"step, {name}, {lattice!r}", step_kernel(Physics(lattice, collision), PLAIN, single)
    u = along_x(D2Q9, 0.05)
    pairs = [
        (VelocityInlet(X_MIN, u), PressureOutlet(X_MAX)), (ZouHeVelocity(X_MIN, u), ZouHePressure(X_MAX)),
        (RegularisedVelocity(X_MIN, u), RegularisedPressure(X_MAX)), (GradVelocity(X_MIN, u), GradPressure(X_MAX)),
        (MovingWall(X_MIN, (0.0, 0.01)), LinkPressure(X_MAX)), (WallFunction(X_MIN, 1e-4), CharacteristicOutlet(X_MAX)),
        (VelocityInlet(X_MIN, u), ConvectiveOutlet(X_MAX, speed=0.05)),
    ]
    for inlet, outlet in pairs:
        name = f"{type(inlet).__name__} to {type(outlet).__name__}"
        yield f"step, {name}", step_kernel(channel(D2Q9, inlet, outlet), WALLS, double)
    wind = Physics(D3Q19, MixingLength(Regularised()), (RoughWall(Z_MIN, 0.1),))
    yield "step, MixingLength above a RoughWall", step_kernel(wind, WALLS, single)
    for kind, target in {"float32, cpu": single, "float64, cpu": double, "float32, cuda": CUDA32}.items():
        yield f"step, everything, {kind}", step_kernel(everything(D3Q19), EVERYTHING, target)
    for lattice, wall in ((D2Q9, Bouzidi()), (D3Q27, CentralInterpolation()), (D3Q19, ParabolicInterpolation())):
        name = f"everything, {lattice!r}, {type(wall).__name__}"
        yield f"step, {name}", step_kernel(everything(lattice, TRT(), link_wall=wall), EVERYTHING, single)
    for name, force in (("Brinkman", Brinkman(0.1)), ("RotatingFrame", RotatingFrame((0.0, 0.0, 1e-3), (8.0, 8.0, 8.0)))):
        tiles = TileClass(walls=False, solid=False, fields=True)
        yield f"step, {name}", step_kernel(Physics(D3Q19, TRT(), forces=(force,)), tiles, single)
    planes = Physics(D3Q19, TRT(), (FreeSlip(Y_MIN), FreeSlip(Z_MIN)), obstacles=("body",))
    yield "step, solid between planes of symmetry", step_kernel(planes, SOLID, single)
    tubes = _between_patches(D3Q19)
    yield "step, between patches, D3Q19", step_kernel(tubes, EVERYTHING, single)
    owners = replace(everything(D2Q9, TRT()), links_have_owners=True)
    yield "step, everything, links with owners", step_kernel(owners, EVERYTHING, double)


def _adjoints(single: Target, double: Target):
    """Backward kernels: of the step, of integrals, moments and equilibria."""
    for kind, target in {"float32, cpu": single, "float64, cpu": double, "float32, cuda": CUDA32}.items():
        yield f"adjoint, everything, {kind}", adjoint_kernel(everything(D2Q9), EVERYTHING, target, ALL)
    yield "adjoint, TRT, D3Q19", adjoint_kernel(Physics(D3Q19, TRT()), PLAIN, single, GradientTargets())
    yield "adjoint, Cumulant, D3Q27", adjoint_kernel(Physics(D3Q27, Cumulant()), PLAIN, single, GradientTargets(parameters=True))
    full = everything(D2Q9, TRT())
    for name, objective in {
        "force": Force("body", (1.0, 0.0)), "torque": Torque("body", (8.0, 8.0)), "dissipation": Dissipation(),
        "flux of a scalar": ScalarFlux("heat", 0, 4), "own": Integral(_squared_density),
        "own, of a cell": CellIntegral(_moment_of_mass),
    }.items():
        yield f"integral, {name}", integral_kernel(full, EVERYTHING, double, (objective,))
        yield f"integral's adjoint, {name}", integral_adjoint_kernel(full, EVERYTHING, double, objective, ALL)
    wale = everything(D2Q9)
    tubes = _between_patches(D3Q19)
    yield "adjoint, between patches, D3Q19", adjoint_kernel(tubes, EVERYTHING, single, ALL)
    yield "integral's adjoint, scalar", integral_adjoint_kernel(tubes, EVERYTHING, double, ScalarIntegral("dye"), ALL)
    release = ScalarRelease("heat", "body")
    yield "integral's adjoint, release of a scalar", integral_adjoint_kernel(full, EVERYTHING, double, release, ALL)
    conduction = Scalar("heat", 0.1, bodies=(BodyConduction("body", 10.0, 0.5),), source=1e-4)
    warm = Physics(D2Q9, TRT(), obstacles=("body", "post"), scalars=(conduction,))
    yield "adjoint, conduction", adjoint_kernel(warm, EVERYTHING, double, ALL)
    for each in (ScalarRelease("heat", "body"), ScalarContent("heat", "body")):
        name = f"integral's adjoint, {type(each).__name__} of conduction"
        yield name, integral_adjoint_kernel(warm, EVERYTHING, double, each, ALL)
    given = replace(warm, scalars=(Scalar("heat", 0.1, bodies=(BodyFlux("body", 1e-3), BodyValue("post", 1.0))),))
    yield "adjoint, flux of a body", adjoint_kernel(given, EVERYTHING, double, ALL)
    yield "integral's adjoint, release of a given flux", integral_adjoint_kernel(given, EVERYTHING, double, release, ALL)
    inlet, patch = VelocityInlet(X_MIN, along_x(D2Q9, 0.05)), VelocityInlet(Patch("inlet", mesh=None), along_x(D2Q9, 0.05))
    carried = Scalar("dye", 0.1, conditions=(FixedInflow(inlet.face, 1.0), FixedInflow(patch.face, 2.0)))
    dyed = Physics(D2Q9, TRT(), (inlet, patch), scalars=(carried,))
    yield "adjoint, inflow of a scalar", adjoint_kernel(dyed, WALLS, double, ALL)
    porous = Physics(D2Q9, TRT(), forces=(Brinkman(0.1),))
    yield "integral's adjoint, power loss", integral_adjoint_kernel(porous, EVERYTHING, double, PowerLoss(), ALL)
    owners = replace(full, links_have_owners=True)
    force = Force("body", (1.0, 0.0))
    yield "integral's adjoint, force by links with owners", integral_adjoint_kernel(owners, EVERYTHING, double, force, ALL)
    yield "adjoint, links with owners", adjoint_kernel(owners, EVERYTHING, double, ALL)
    yield "integral, kinetic energy beside WALE, cuda", integral_kernel(wale, EVERYTHING, CUDA32, (KineticEnergy(),))
    for factory in (moments_adjoint_kernel, equilibrium_adjoint_kernel, populations_adjoint_kernel):
        yield factory.__name__, factory(wale, EVERYTHING, double, ALL)
    yield "amount_adjoint_kernel, flow", amount_adjoint_kernel(full, EVERYTHING, double, 0)
    yield "amount_adjoint_kernel, scalar", amount_adjoint_kernel(full, EVERYTHING, double, 1)


def _moment_of_mass(cell):
    return cell.centre(0) * cell.density


def _squared_density(rho, u):
    return rho * rho * (u[0] - u[1])


def _passes(single: Target, double: Target):
    """Everything else that passes over tiles."""
    full, wale = everything(D2Q9, TRT()), everything(D2Q9)
    for name, factory in (("even", even_step_kernel), ("odd", odd_step_kernel), ("settle", settle_kernel)):
        yield f"{name} in place, WALE", factory(wale, EVERYTHING, double)
        yield f"{name} in place, plain", factory(Physics(D3Q19, TRT()), PLAIN, single)
    for factory in (
        moments_kernel, stream_kernel, unstream_kernel, mass_kernel, change_kernel, force_field_kernel, equilibrium_kernel,
        differences_transpose_kernel, _flux_kernel,
    ):
        yield factory.__name__.strip("_"), factory(wale, EVERYTHING, double)
    yield "stress_kernel", _stress_kernel(everything(D3Q19), EVERYTHING, single)
    yield "moments_kernel, D3Q19, plain", moments_kernel(Physics(D3Q19, TRT()), PLAIN, single)
    yield "gradients_kernel", gradients_kernel(wale, EVERYTHING, double)
    yield "limits_kernel", limits_kernel(wale, EVERYTHING, single, LIMITS)
    yield "suspicion_kernel", suspicion_kernel(wale, EVERYTHING, single, LIMITS)
    yield "scalar_kernel", scalar_kernel(full, EVERYTHING, double, "dye")
    yield "scalar_equilibrium_kernel", scalar_equilibrium_kernel(full, EVERYTHING, double, "heat")
    objectives = (Dissipation(), KineticEnergy(), LayerPressure(0, 5), FlowRate(0, 3))
    yield "integral_kernel of several", integral_kernel(full, EVERYTHING, single, objectives)
    layers = (LayerArea(0, 5), LayerVelocity(0, 5, 1), LayerPressure(0, 6))
    yield "integral_kernel of layers", integral_kernel(full, EVERYTHING, single, layers)
    bare = Physics(D3Q19, TRT(), (FreeSlip(Y_MIN),), obstacles=("body",), moving=("body",))
    yield "coupling_kernel", coupling_kernel(bare, SOLID, double, "body")
    yield "coupling_kernel beside scalars and WALE", coupling_kernel(wale, EVERYTHING, double, "body")
    yield "second moments", _moments_kernel(Physics(D3Q19, Regularised()), PLAIN, single)
    yield "populations of second moments", _populations_kernel(Physics(D3Q19, Regularised()), PLAIN, single)


def golden_kernels(backend: Backend = CPU) -> list[tuple[str, TileKernel]]:
    """Names and kernels of the table; those of the CPU can be had for another back end."""
    targets = Target(wp.float32, backend), Target(wp.float64, backend)
    return [*_steps(*targets), *_adjoints(*targets), *_passes(*targets)]


def golden_texts() -> dict[str, str]:
    """The short hash of each kernel's text, by its name."""
    kernels = golden_kernels()
    texts = {name: hashlib.sha256(kernel.text.encode()).hexdigest()[:16] for name, kernel in kernels}
    assert len(texts) == len(kernels), "two kernels have the same name"
    return texts


if __name__ == "__main__":
    TABLE.write_text(json.dumps(golden_texts(), indent=1) + "\n")
