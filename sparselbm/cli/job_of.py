"""The job of each kind of plan."""

from ..flows import InternalFlowSetup, WindTunnelSetup
from .jobs import Job
from .tunnel_job import WindTunnelJob
from .vessel_job import InternalFlowJob


def job_of(plan: WindTunnelSetup | InternalFlowSetup) -> Job:
    """What the commands do with a plan."""
    return InternalFlowJob(plan) if isinstance(plan, InternalFlowSetup) else WindTunnelJob(plan)
