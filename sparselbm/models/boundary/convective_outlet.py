"""Outlet that convects populations out at a given speed."""

from dataclasses import dataclass, field

from ...lattice.moments import excess_density
from ...trace.expression import where
from ...units import Unit
from ..in_si import in_si
from .condition import BoundaryCondition
from .face import Face
from .plane import density_parameter, require_density


@dataclass(frozen=True)
class ConvectiveOutlet(BoundaryCondition):
    """Convective outlet d f_q / d t + U d f_q / d n = 0 for the incoming q, with relaxation to the mean pressure.

    Implicit in time: f_q = (f_q,old + U f_q(x - n)) / (1 + U) - 6 w_q K (rho - rho_out).

    For the straight velocity, the population of the neighbour x - n is the one that this cell sent, its own f*_q after
    the previous collision: the condition is local and exact there. Oblique velocities also use the cell's own, which is
    accurate where the flow varies slowly along the face. The average is stored in the outgoing slots.

    Source: Yang, Int. J. Numer. Methods Fluids 73 (2013) 1; Lou, Guo & Shi, Phys. Rev. E 87 (2013) 063301.
    Parameter: `density` (rho_out; schedules and profiles multiply rho_out - 1).
    """

    face: Face
    speed: float = field(metadata=in_si(Unit(m=1, s=-1)))
    """Convection speed U [cells / step]: that of the flow for vortices, 1 / sqrt(3) for sound."""
    density: float = 1.0
    """rho_out [lattice density]."""
    relaxation: float = 0.0005
    """K, the fraction of a pressure error that is removed per step."""

    precedence = 3.0

    def __post_init__(self):
        require_density(self, self.density)
        if not self.speed > 0.0:
            raise ValueError(
                f"ConvectiveOutlet(speed={self.speed}): must be above 0; use the mean velocity of the flow"
            )
        if not 0.0 <= self.relaxation <= 1.0:
            raise ValueError(
                f"ConvectiveOutlet(relaxation={self.relaxation}): must be in [0, 1]; 0.0005 suits most flows"
            )

    def parameters(self, dimension):
        return (density_parameter(self.density),)

    def fill(self, lattice, f, value, enters):
        surplus = 6.0 * self.relaxation * (excess_density(f) - value["density"])
        return [where(enter, fq - w * surplus, fq) for fq, w, enter in zip(f, lattice.weights, enters, strict=True)]

    def memory(self, lattice, f, post, enters, normal):
        U = self.speed
        return {lattice.opposites[q]: (f[q] + U * post[q]) / (1.0 + U) for q in self.face.entering(lattice)}
