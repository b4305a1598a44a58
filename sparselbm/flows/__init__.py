"""Flow set-ups in SI units, such as wind tunnels and internal flows, and the flows that they build."""

from .coefficients import FlowCoefficient
from .internal_flow import InternalFlow, InternalFlowSetup
from .openings import Inlet, Outlet, PortState
from .options import FlowOptions
from .run_estimate import RunEstimate
from .setup import Flow, FlowSetup, ProgressCallback, value_factor
from .sides import SideCondition, SideWall
from .simulation_setup import SimulationSetup
from .steady_run import SteadyResult, SteadyRun
from .wind_tunnel import WindTunnel, WindTunnelSetup

__all__ = [
    "Flow",
    "FlowCoefficient",
    "FlowOptions",
    "FlowSetup",
    "Inlet",
    "InternalFlow",
    "InternalFlowSetup",
    "Outlet",
    "PortState",
    "ProgressCallback",
    "RunEstimate",
    "SideCondition",
    "SideWall",
    "SimulationSetup",
    "SteadyResult",
    "SteadyRun",
    "WindTunnel",
    "WindTunnelSetup",
    "value_factor",
]
