"""Flow set-ups in SI units, such as wind tunnels and internal flows, and the flows that they build."""

from .aerodynamics import Aerodynamics
from .body_motion import BodyMotion, FreeBody, TimeSamples
from .body_rotation import BodyRotation
from .cap_profiles import CapProfile, LaminarInflow, UniformInflow, WomersleyInflow
from .coefficients import FlowCoefficient
from .field_change import FieldChange
from .flow import Flow, ProgressCallback, value_factor
from .flow_state import FlowState
from .forces import Forces
from .image_sides import ImageSides, PeriodicSides, SealedSides
from .inflow_profile import (
    HeightProfile,
    InflowProfile,
    LogLawProfile,
    ParabolicProfile,
    PowerLawProfile,
    VelocityTable,
)
from .internal_flow import InternalFlow, InternalFlowSetup
from .moving_bodies import BodyValues, MovingBodies
from .moving_results import moving_facts, moving_results
from .openings import Inlet, PortState
from .options import FlowOptions
from .outlets import FlowShareOutlet, Outlet, OutletCondition, ResistanceOutlet, WindkesselOutlet
from .permeability import CoarserGrid, ErrorEstimate, FinerGrid, OtherViscosity, Permeability
from .porous_medium import PorousMedium, PorousMediumSetup
from .recorded_values import pressure_drop
from .regime import DriftingFlow, FlowRegime, Measured, Oscillation, PeriodicFlow, SteadyFlow
from .run_estimate import RunEstimate
from .scalar_results import scalar_facts, scalar_results
from .scalars import FlowScalar
from .setup import FlowSetup
from .sides import Side, SideCondition, SideInlet, SideOutlet, SidePeriodic, SideSymmetry, SideWall
from .simulation_setup import SimulationSetup
from .steady_run import SteadyResult, SteadyRun
from .stream import Stream
from .transient_run import TransientResult, TransientRun
from .tunnel_setup import WindTunnelSetup
from .tunnel_sides import TunnelSides
from .until import FieldSettled, Until, ValuesSettled
from .value_statistics import ValueStatistics, WindowStatistics
from .wind_tunnel import WindTunnel

__all__ = [
    "Aerodynamics",
    "BodyMotion",
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
    "moving_facts",
    "moving_results",
    "pressure_drop",
    "scalar_facts",
    "scalar_results",
    "value_factor",
]
