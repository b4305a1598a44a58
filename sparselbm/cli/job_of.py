"""Selects the job for a flow set-up."""

from ..flows import FlowSetup, InternalFlowSetup, WindTunnelSetup
from .jobs import Job
from .tunnel_job import WindTunnelJob
from .vessel_job import InternalFlowJob


def job_of(setup: FlowSetup) -> Job:
    """The job for a flow set-up."""
    if isinstance(setup, InternalFlowSetup):
        return InternalFlowJob(setup)
    assert isinstance(setup, WindTunnelSetup)
    return WindTunnelJob(setup)
