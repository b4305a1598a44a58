"""Flow set-ups in SI units, such as wind tunnels and internal flows, and the flows that they build."""

from .coefficients import FlowCoefficient
from .field_change import FieldChange
from .inflow_profiles import InflowProfile, LaminarInflow, UniformInflow, WomersleyInflow
from .internal_flow import InternalFlow, InternalFlowSetup
from .openings import Inlet, PortState
from .options import FlowOptions
from .outlets import FlowShareOutlet, Outlet, OutletCondition, ResistanceOutlet, WindkesselOutlet
from .recorded_values import pressure_drop
from .regime import DriftingFlow, FlowRegime, Measured, Oscillation, PeriodicFlow, SteadyFlow
from .run_estimate import RunEstimate
from .setup import Flow, FlowSetup, ProgressCallback, value_factor
from .sides import SideCondition, SideWall
from .simulation_setup import SimulationSetup
from .steady_run import SteadyResult, SteadyRun
from .transient_run import TransientResult, TransientRun
from .until import FieldSettled, Until, ValuesSettled
from .value_statistics import ValueStatistics, WindowStatistics
from .wind_tunnel import WindTunnel, WindTunnelSetup

__all__ = [
    "DriftingFlow",
    "FieldChange",
    "FieldSettled",
    "Flow",
    "FlowCoefficient",
    "FlowOptions",
    "FlowRegime",
    "FlowSetup",
    "FlowShareOutlet",
    "InflowProfile",
    "Inlet",
    "InternalFlow",
    "InternalFlowSetup",
    "LaminarInflow",
    "Measured",
    "Oscillation",
    "Outlet",
    "OutletCondition",
    "PeriodicFlow",
    "PortState",
    "ProgressCallback",
    "ResistanceOutlet",
    "RunEstimate",
    "SideCondition",
    "SideWall",
    "SimulationSetup",
    "SteadyFlow",
    "SteadyResult",
    "SteadyRun",
    "TransientResult",
    "TransientRun",
    "UniformInflow",
    "Until",
    "ValueStatistics",
    "ValuesSettled",
    "WindTunnel",
    "WindTunnelSetup",
    "WindkesselOutlet",
    "WindowStatistics",
    "WomersleyInflow",
    "pressure_drop",
    "value_factor",
]
