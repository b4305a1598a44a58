"""Picture of the slice through the middle of a flow."""

from pathlib import Path

import numpy as np

from ..grid import sample
from .draw import FlowFrame
from .images import one_slice


def draw_middle(path: Path, frame: FlowFrame) -> None:
    """Plots the speed on the vertical plane along the flow, through the middle of the body; nothing if there is no fluid."""
    positions = frame.plane(None, None)
    speed = np.where(frame.is_fluid, frame.snapshot.speed, np.nan)
    shown = sample(frame.snapshot.domain, speed, positions.reshape(-1, 3)).reshape(positions.shape[:2])
    if np.isfinite(shown).any():
        u, v = (k for k in range(3) if k != frame.across)
        low, high = frame.bounds
        extent = float(low[u]), float(high[u]), float(low[v]), float(high[v])
        one_slice(path, shown, extent=extent, label="speed [m/s]")
