"""Observables: integrals over the flow and their evaluation, flow fields and wall shear stress."""

from .dissipation import Dissipation
from .evaluation import evaluate
from .force import Force
from .forces import forces_on_all
from .integral import Integral
from .kinetic_energy import KineticEnergy
from .layer import LayerArea, LayerPressure, LayerVelocity
from .observable import Observable
from .openings import OpeningFlows
from .power_loss import PowerLoss
from .restart import Restart
from .scalar_flux import ScalarFlux
from .scalar_integral import ScalarIntegral
from .scalar_release import ScalarRelease
from .section import FlowRate, PressureDrop
from .signal import Signal, Spectrum
from .snapshot import Snapshot
from .torque import Torque
from .wall_shear import wall_shear_stress

__all__ = [
    "Dissipation",
    "FlowRate",
    "Force",
    "Integral",
    "KineticEnergy",
    "LayerArea",
    "LayerPressure",
    "LayerVelocity",
    "Observable",
    "OpeningFlows",
    "PowerLoss",
    "PressureDrop",
    "Restart",
    "ScalarFlux",
    "ScalarIntegral",
    "ScalarRelease",
    "Signal",
    "Snapshot",
    "Spectrum",
    "Torque",
    "evaluate",
    "forces_on_all",
    "wall_shear_stress",
]
