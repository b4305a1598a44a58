"""Selects the job for a flow set-up."""

from ..flows import InternalFlowSetup, WindTunnelSetup
from .jobs import Job
from .tunnel_job import WindTunnelJob
from .vessel_job import InternalFlowJob


def job_of(plan: WindTunnelSetup | InternalFlowSetup) -> Job:
    """The job for a flow set-up."""
    return InternalFlowJob(plan) if isinstance(plan, InternalFlowSetup) else WindTunnelJob(plan)
