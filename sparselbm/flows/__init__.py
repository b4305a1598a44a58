"""Flow set-ups in SI units, such as wind tunnels and internal flows, and the flows that they build."""

from .coefficients import FlowCoefficient
from .field_change import FieldChange
from .flow_state import FlowState
from .internal_flow import InternalFlow, InternalFlowSetup
from .openings import Inlet, Outlet, PortState
from .options import FlowOptions
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
    "FlowState",
    "Inlet",
    "InternalFlow",
    "InternalFlowSetup",
    "Measured",
    "Oscillation",
    "Outlet",
    "PeriodicFlow",
    "PortState",
    "ProgressCallback",
    "RunEstimate",
    "SideCondition",
    "SideWall",
    "SimulationSetup",
    "SteadyFlow",
    "SteadyResult",
    "SteadyRun",
    "TransientResult",
    "TransientRun",
    "Until",
    "ValueStatistics",
    "ValuesSettled",
    "WindTunnel",
    "WindTunnelSetup",
    "WindowStatistics",
    "pressure_drop",
    "value_factor",
]
