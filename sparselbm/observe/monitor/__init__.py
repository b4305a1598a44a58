"""Monitors: time series, statistics and volumes recorded during a run."""

from .action import Action
from .field_means import MEAN_FIELDS_BYTES, FieldMeans, MeanFields
from .flow_integrals import FlowIntegrals
from .layers import LayerMean, PressureLoss
from .monitor import Monitor, Sampler
from .obstacle import DragLift, ForceOn, ForceOnEach, MomentCoefficient, TorqueOn
from .probes import Probes
from .recorder import Recorded, Recorder
from .residual import Residual
from .schedule import EverySeconds, EverySteps, Schedule
from .series import Series, SeriesRecord
from .series_files import Csv, JsonLines, SeriesFolder, SeriesFormat
from .stop import StopCondition, StopWhenPeriodic, StopWhenSteady
from .values import FunctionalMonitor, Values
from .velocity_gradients import VelocityGradients
from .volumes import Nvdb, Vdb, VolumeFormat, Volumes, VolumeWriter

__all__ = [
    "MEAN_FIELDS_BYTES",
    "Action",
    "Csv",
    "DragLift",
    "EverySeconds",
    "EverySteps",
    "FieldMeans",
    "FlowIntegrals",
    "ForceOn",
    "ForceOnEach",
    "FunctionalMonitor",
    "JsonLines",
    "LayerMean",
    "MeanFields",
    "MomentCoefficient",
    "Monitor",
    "Nvdb",
    "PressureLoss",
    "Probes",
    "Recorded",
    "Recorder",
    "Residual",
    "Sampler",
    "Schedule",
    "Series",
    "SeriesFolder",
    "SeriesFormat",
    "SeriesRecord",
    "StopCondition",
    "StopWhenPeriodic",
    "StopWhenSteady",
    "TorqueOn",
    "Values",
    "Vdb",
    "VelocityGradients",
    "VolumeFormat",
    "VolumeWriter",
    "Volumes",
]
