"""Base class of drawings."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from ...files.lost_results import lost_alone
from ..fields import FlowFrame
from ..stage import ResultsStage


class Drawing(ABC):
    """Drawing; its fields specify what is drawn, and where."""

    each_time: ClassVar[bool] = True
    """Whether it is drawn at each iteration of a study; False for large drawings, which are made of the best flow only."""
    over_time: ClassVar[bool] = True
    """Whether it is drawn at each time of an unsteady flow; False for animations of a flow that does not change."""

    @abstractmethod
    def draw(self, stage: ResultsStage, moment: FlowFrame, time: float | None) -> None:
        """Adds the drawing to the stage at a time code, or for all times if None."""


def draw_all(drawings: Iterable[Drawing], stage: ResultsStage, moment: FlowFrame, time: float | None) -> None:
    """Adds all drawings at one time. With a time, they become a separate frame.

    A drawing that fails is left out, with a ResultLostWarning.
    """
    for drawing in drawings:
        with lost_alone(f"the drawing {type(drawing).__name__}"):
            drawing.draw(stage, moment, time)
    with lost_alone(f"{stage.path}"):
        if time is not None:
            stage.end_frame(time)
        else:
            stage.save()
