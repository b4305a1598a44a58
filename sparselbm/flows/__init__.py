"""Flow set-ups in SI units, such as wind tunnels and internal flows, and the flows that they build."""

from .flow import Flow, ProgressCallback, value_factor
from .flow_state import FlowState
from .motion.body_motion import BodyMotion, FreeBody, TimeSamples
from .motion.body_rotation import BodyRotation
from .motion.moving_bodies import BodyValues, MovingBodies
from .physics.body_release import BodyRelease
from .physics.forces import Forces
from .physics.options import FlowOptions
from .physics.scalars import FlowScalar
from .physics.solid_conduction import SolidConduction
from .pores.image_sides import ImageSides, PeriodicSides, SealedSides
from .pores.permeability import CoarserGrid, ErrorEstimate, FinerGrid, OtherViscosity, Permeability
from .pores.porous_medium import PorousMedium, PorousMediumSetup
from .reports.aerodynamics import Aerodynamics
from .reports.drive_results import drive_facts, drive_results
from .reports.moving_results import moving_facts, moving_results
from .reports.scalar_results import scalar_facts, scalar_results
from .runs.field_change import FieldChange
from .runs.port_state import PortState
from .runs.recorded_values import pressure_drop
from .runs.regime import DriftingFlow, FlowRegime, Measured, Oscillation, PeriodicFlow, SteadyFlow
from .runs.run_estimate import RunEstimate
from .runs.steady_run import SteadyResult, SteadyRun
from .runs.transient_run import TransientResult, TransientRun
from .runs.until import FieldSettled, Until, ValuesSettled
from .runs.value_statistics import ValueStatistics, WindowStatistics
from .setup import FlowSetup
from .simulation_setup import SimulationSetup
from .tunnel.coefficients import FlowCoefficient
from .tunnel.inflow_profile import (
    HeightProfile,
    InflowProfile,
    LogLawProfile,
    ParabolicProfile,
    PowerLawProfile,
    VelocityTable,
)
from .tunnel.part import Part, PartInlet, PartOutlet
from .tunnel.setup import WindTunnelSetup
from .tunnel.side import Side, SideCondition, SideInlet, SideOutlet, SidePeriodic, SideSymmetry, SideWall
from .tunnel.sides import TunnelSides
from .tunnel.stream import Stream
from .tunnel.wind_tunnel import WindTunnel
from .vessel.cap_profiles import CapProfile, LaminarInflow, UniformInflow, WomersleyInflow
from .vessel.internal_flow import InternalFlow, InternalFlowSetup
from .vessel.openings import Inlet
from .vessel.outlets import FlowShareOutlet, Outlet, OutletCondition, ResistanceOutlet, WindkesselOutlet

__all__ = [
    "Aerodynamics",
    "BodyMotion",
    "BodyRelease",
    "BodyRotation",
    "BodyValues",
    "CapProfile",
    "CoarserGrid",
    "DriftingFlow",
    "ErrorEstimate",
    "FieldChange",
    "FieldSettled",
    "FinerGrid",
    "Flow",
    "FlowCoefficient",
    "FlowOptions",
    "FlowRegime",
    "FlowScalar",
    "FlowSetup",
    "FlowShareOutlet",
    "FlowState",
    "Forces",
    "FreeBody",
    "HeightProfile",
    "ImageSides",
    "InflowProfile",
    "Inlet",
    "InternalFlow",
    "InternalFlowSetup",
    "LaminarInflow",
    "LogLawProfile",
    "Measured",
    "MovingBodies",
    "Oscillation",
    "OtherViscosity",
    "Outlet",
    "OutletCondition",
    "ParabolicProfile",
    "Part",
    "PartInlet",
    "PartOutlet",
    "PeriodicFlow",
    "PeriodicSides",
    "Permeability",
    "PorousMedium",
    "PorousMediumSetup",
    "PortState",
    "PowerLawProfile",
    "ProgressCallback",
    "ResistanceOutlet",
    "RunEstimate",
    "SealedSides",
    "Side",
    "SideCondition",
    "SideInlet",
    "SideOutlet",
    "SidePeriodic",
    "SideSymmetry",
    "SideWall",
    "SimulationSetup",
    "SolidConduction",
    "SteadyFlow",
    "SteadyResult",
    "SteadyRun",
    "Stream",
    "TimeSamples",
    "TransientResult",
    "TransientRun",
    "TunnelSides",
    "UniformInflow",
    "Until",
    "ValueStatistics",
    "ValuesSettled",
    "VelocityTable",
    "WindTunnel",
    "WindTunnelSetup",
    "WindkesselOutlet",
    "WindowStatistics",
    "WomersleyInflow",
    "drive_facts",
    "drive_results",
    "moving_facts",
    "moving_results",
    "pressure_drop",
    "scalar_facts",
    "scalar_results",
    "value_factor",
]
