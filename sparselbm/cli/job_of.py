"""The job of each kind of plan."""

from ..tunnel import TunnelPlan
from ..vessel import VesselPlan
from .jobs import Job
from .tunnel_job import TunnelJob
from .vessel_job import VesselJob


def job_of(plan: TunnelPlan | VesselPlan) -> Job:
    """What the commands do with a plan."""
    return VesselJob(plan) if isinstance(plan, VesselPlan) else TunnelJob(plan)
