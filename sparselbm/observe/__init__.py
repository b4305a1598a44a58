"""Observables: numbers computed from a flow, their evaluation, flow fields and wall shear stress."""

from .combination import Coefficient, Composed, Difference, Quotient
from .dissipation import Dissipation
from .evaluation import Evaluation, evaluate
from .force import Force
from .forces import forces_on_all
from .integral import CellIntegral, Integral
from .kinetic_energy import KineticEnergy
from .layer import FlowRate, LayerArea, LayerPressure, LayerVelocity, MeanPressure, MeanVelocity, PressureDrop
from .observable import Functional, Observable
from .openings import OpeningFlows
from .power_loss import PowerLoss
from .region import AtObstacle, CellBox, Everywhere, Layer, Region
from .restart import Restart
from .saved_state import SavedState
from .scalar_content import ScalarContent
from .scalar_flux import ScalarFlux
from .scalar_integral import ScalarIntegral
from .scalar_release import ScalarRelease
from .signal import Signal, Spectrum
from .snapshot import Snapshot
from .torque import Torque
from .unit import Unit
from .wall_shear import wall_shear_stress
from .wall_shear_statistics import WallShearStatistics, area_percentiles

__all__ = [
    "AtObstacle",
    "CellBox",
    "CellIntegral",
    "Coefficient",
    "Composed",
    "Difference",
    "Dissipation",
    "Evaluation",
    "Everywhere",
    "FlowRate",
    "Force",
    "Functional",
    "Integral",
    "KineticEnergy",
    "Layer",
    "LayerArea",
    "LayerPressure",
    "LayerVelocity",
    "MeanPressure",
    "MeanVelocity",
    "Observable",
    "OpeningFlows",
    "PowerLoss",
    "PressureDrop",
    "Quotient",
    "Region",
    "Restart",
    "SavedState",
    "ScalarContent",
    "ScalarFlux",
    "ScalarIntegral",
    "ScalarRelease",
    "Signal",
    "Snapshot",
    "Spectrum",
    "Torque",
    "Unit",
    "WallShearStatistics",
    "area_percentiles",
    "evaluate",
    "forces_on_all",
    "wall_shear_stress",
]
