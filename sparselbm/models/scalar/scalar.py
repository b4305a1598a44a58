"""Scalar carried by the flow."""

from dataclasses import dataclass, field, replace

from ...lattice import D2Q5, D3Q7, Lattice
from ...units import Unit
from ..in_si import in_si
from ..model_parameter import ModelParameter
from .body import BodyValue
from .body_flux import BodyFlux
from .collision import ScalarCollision
from .condition import ScalarCondition
from .conduction import BodyConduction
from .scalar_body import ScalarBody
from .trt import ScalarTRT


@dataclass(frozen=True)
class Scalar:
    """Advection-diffusion d phi / d t + div(u phi) = div(D grad phi) + S, on D2Q5 or D3Q7, in the same step as the flow.

    phi = sum_q g_q + S / 2, in arbitrary units. Parameters: `name.diffusivity`, `name.source` if there is a source, and
    those of the conditions, such as `name.x_min.value`.
    """

    name: str
    diffusivity: float = field(metadata=in_si(Unit(m=2, s=-1)))
    """D [cells^2 / step]."""
    collision: ScalarCollision = field(default=ScalarTRT())
    conditions: tuple[ScalarCondition, ...] = ()
    """Conditions on faces and patches; the default is no flux."""
    bodies: tuple[ScalarBody, ...] = ()
    """Obstacles with a fixed value or flux on the surface, or that conduct the scalar; all others are insulated."""
    source: float | None = field(default=None, metadata=in_si(Unit(scalar=1, s=-1)))
    """S [phi / step], uniform; None: no source."""
    offset: float = field(default=0.0, compare=False)
    """Added to phi in results in SI units (`Snapshot`); all numbers of the model are differences from it.

    phi is carried as a density, so that its error is that of the fluid's density times phi: 300 K would be wrong by 1 K where
    the density is wrong by 0.3 %. With the value of the inflow as offset, only the differences are.
    """

    def __post_init__(self):
        if not self.diffusivity > 0.0:
            raise ValueError(
                f"the scalar {self.name!r} has the diffusivity {self.diffusivity} cells^2/step: it must be above 0"
            )
        owners = [c.face.name for c in self.conditions] + [b.obstacle for b in self.bodies]
        for owner in owners:
            if owners.count(owner) > 1:
                raise ValueError(
                    f"the scalar {self.name!r} has {owners.count(owner)} conditions on {owner}: "
                    "keep one, or name parts of the opening"
                )

    def lattice(self, dimension: int) -> Lattice:
        """Velocity set of the scalar's populations.

        With a body whose heat capacity C_s is below the fluid's, all moving populations are C_s times as large: the rest
        population, which stores the heat capacity, then stays positive.
        """
        usual = D2Q5 if dimension == 2 else D3Q7
        share = min([1.0, *(body.heat_capacity for body in self.conducting)])
        if share == 1.0:
            return usual
        moving = tuple(share * w for w in usual.weights[1:])
        return replace(usual, name=f"{usual.name}({share:g})", weights=(1.0 - sum(moving), *moving), cs2=share * usual.cs2)

    @property
    def held(self) -> tuple[BodyValue, ...]:
        """Obstacles with a fixed surface value."""
        return tuple(body for body in self.bodies if isinstance(body, BodyValue))

    @property
    def heated(self) -> tuple[BodyFlux, ...]:
        """Obstacles with a given flux from the surface."""
        return tuple(body for body in self.bodies if isinstance(body, BodyFlux))

    @property
    def conducting(self) -> tuple[BodyConduction, ...]:
        """Obstacles that conduct the scalar."""
        return tuple(body for body in self.bodies if isinstance(body, BodyConduction))

    @property
    def parameters(self) -> tuple[ModelParameter, ...]:
        """The numbers that can be changed, and differentiated, without a new kernel; their names begin with the scalar's."""
        sources = () if self.source is None else (ModelParameter("source", self.source, doc="source per step"),)
        numbers = (
            ModelParameter("diffusivity", self.diffusivity, "cells^2/step", "relaxation time D / c_s^2 + 1/2", above=0.0),
            *sources,
            *(number.of(c.face.name) for c in self.conditions for number in c.parameters()),
            *(number.of(body.obstacle) for body in self.bodies for number in body.parameters()),
        )
        return tuple(number.of(self.name) for number in numbers)
