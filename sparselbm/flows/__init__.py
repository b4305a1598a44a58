"""Flow set-ups in SI units: wind tunnels and internal flows."""

from .forecast import RunEstimate
from .internal_flow import InternalFlow, InternalFlowSetup
from .internal_run import InternalFlowRun, PortState
from .openings import Inlet, Outlet
from .setup import FlowSetup
from .sides import SideCondition, SideWall
from .steady_run import SteadyResult, SteadyRun
from .tunnel_flow import ProgressCallback, WindTunnelRun
from .wind_tunnel import WindTunnel, WindTunnelSetup

__all__ = [
    "FlowSetup",
    "Inlet",
    "InternalFlow",
    "InternalFlowRun",
    "InternalFlowSetup",
    "Outlet",
    "PortState",
    "ProgressCallback",
    "RunEstimate",
    "SideCondition",
    "SideWall",
    "SteadyResult",
    "SteadyRun",
    "WindTunnel",
    "WindTunnelRun",
    "WindTunnelSetup",
]
