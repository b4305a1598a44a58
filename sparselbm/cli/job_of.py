"""Selects the job for a flow set-up."""

from ..flows import FlowSetup, InternalFlowSetup, PorousMediumSetup, WindTunnelSetup
from .internal_flow_job import InternalFlowJob
from .jobs import Job
from .porous_medium_job import PorousMediumJob
from .wind_tunnel_job import WindTunnelJob


def job_of(setup: FlowSetup) -> Job:
    """The job for a flow set-up."""
    if isinstance(setup, InternalFlowSetup):
        return InternalFlowJob(setup)
    if isinstance(setup, PorousMediumSetup):
        return PorousMediumJob(setup)
    assert isinstance(setup, WindTunnelSetup)
    return WindTunnelJob(setup)
