"""Motion of a prim: its transform at time codes, in metres and seconds."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from sparselbm.errors import SceneError
from sparselbm.files.reading import refusals
from sparselbm.scene.arrays import FARTHEST
from sparselbm.scene.usd.rigid_prim import require_rigid
from sparselbm.scene.usd.transforms import column_matrix
from sparselbm.solver.moving.pose import between, departure, relative_rotation

if TYPE_CHECKING:
    from pxr import Usd, UsdGeom

_LARGEST_TURN = 1.0
"""Largest rotation between two samples [rad]."""
_FINEST = 2.0**-9
"""Smallest interval between two samples [time codes]."""
_MOST_SAMPLES = 200_000
"""Largest number of samples of a motion: 20 s."""
_RIGID = 1e-5


@dataclass(frozen=True, eq=False)
class TransformSamples:
    """Sampled transforms of a prim relative to the position where its points were read."""

    times: np.ndarray
    """Times since the beginning [s], shape (n,)."""
    poses: np.ndarray
    """Transforms of the points of `Scene.open` to their position at each time [m], (n, 4, 4), for column vectors."""

    @classmethod
    def of(
        cls,
        path: str | Path,
        prim: str,
        *,
        time: float | None = None,
        begin: float | None = None,
        metres_per_unit: float | None = None,
        variants: Mapping[str, str] = MappingProxyType({}),
        attributes: Mapping[str, str] = MappingProxyType({}),
        step: float = 1.0,
    ) -> TransformSamples:
        """Samples the world transform of a prim, including the motion of its ancestors.

        It is sampled at every `step` time codes between the first and the last time sample of any transform involved, and at
        each of these samples, more finely where it turns by more than 1 rad between them, so that USD's own interpolation (also
        of angles) is followed. Between the samples of a matrix, which USD would interpolate entry by entry, it is the screw
        motion at a constant rate. One second has `timeCodesPerSecond` time codes.

        Args:
            path: the stage.
            prim: path of the moving prim.
            time: time code at which the scene's points were read, as in `Scene.open`.
            begin: time code at which times are 0; None: the first time sample.
            metres_per_unit: length of a unit [m], instead of that of the stage.
            variants: selected variants, as in `Scene.open`.
            attributes: values in place of those of the stage, as in `Scene.open`.
            step: time codes between two samples, above 0.

        Raises:
            SceneError: if the prim does not exist, has no time samples, has a singular transform, or changes its shape.
        """
        from pxr import Usd, UsdGeom

        from sparselbm.scene.usd.variants import open_selected

        if not step > 0.0:
            raise SceneError(f"step is {step} time codes, but must be above 0")
        stage = open_selected(path, variants, attributes)
        found = stage.GetPrimAtPath("/" + str(prim).strip("/"))
        if not found:
            raise SceneError(f"{prim}: no such prim in {path}; Scene.open(...).prim_paths lists the prims")
        authored = _authored(found)
        if len(authored) < 2:
            raise SceneError(
                f"{prim}: its transform has {len(authored)} time samples in {path}, but needs at least 2; animate its "
                "xformOps"
            )
        require_rigid(found)
        scale = metres_per_unit or UsdGeom.GetStageMetersPerUnit(stage)
        start = _world(found, Usd.TimeCode.EarliestTime() if time is None else Usd.TimeCode(time), scale)
        if abs(np.linalg.det(start[:3, :3])) < 1e-12 * np.abs(start[:3, :3]).max() ** 3:
            raise SceneError(f"{prim}: its transform at time code {time or authored[0]} is singular; remove the zero scale")
        with refusals(path, SceneError):  # Such as a singular matrix between two samples.
            codes, poses = _sampled(found, authored, step, scale, np.linalg.inv(start))
        worst = int(np.argmax([departure(each) for each in poses]))
        if departure(poses[worst]) > _RIGID:
            raise SceneError(
                f"{prim}: its size changes, or it is mirrored or sheared, at time code {codes[worst]:g}: a moving body has to be "
                "rigid; remove the time samples of its scale"
            )
        origin = codes[0] if begin is None else begin
        return cls((codes - origin) / stage.GetTimeCodesPerSecond(), poses)

    def until(self, time: float) -> TransformSamples:
        """The samples to a time [s], and the first one after it."""
        count = max(2, int(np.searchsorted(self.times, time)) + 1)
        return TransformSamples(self.times[:count], self.poses[:count])


def _sampled(
    prim: Usd.Prim, authored: np.ndarray, step: float, scale: float, back: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Time codes, and poses at them, fine enough that the direction of every turn between two of them is unambiguous.

    Whole turns between two samples would look like rest: turns are measured over a tenth of each interval.
    """
    from pxr import Usd

    def pose(code: float) -> np.ndarray:
        return _world(prim, Usd.TimeCode(code), scale) @ back

    while True:
        if not (authored[-1] - authored[0]) / step <= _MOST_SAMPLES:
            raise SceneError(
                f"{prim.GetPath()}: its motion from time code {authored[0]:g} to {authored[-1]:g} needs a sample every {step:g}, "
                f"above the limit of {_MOST_SAMPLES:,} samples; check the time codes, or shorten the motion"
            )
        codes = np.unique(np.concatenate([authored, np.arange(authored[0], authored[-1], step)]))
        poses = np.stack([pose(code) for code in codes])
        tenths = [pose(code) for code in codes[:-1] + 0.1 * np.diff(codes)]
        turns = [10.0 * np.linalg.norm(relative_rotation(a, b)) for a, b in zip(poses, tenths)]
        if max(turns) <= _LARGEST_TURN or step <= _FINEST:
            return codes, poses
        step = max(_FINEST, step / np.ceil(max(turns) / _LARGEST_TURN))


def _world(prim: Usd.Prim, time: Usd.TimeCode, scale: float) -> np.ndarray:
    """Transform from the prim to the world [m], (4, 4), for column vectors."""
    from pxr import UsdGeom

    matrix, path = np.eye(4), prim.GetPath()
    while prim and not prim.IsPseudoRoot():
        if prim.IsA(UsdGeom.Xformable):
            matrix = _local(UsdGeom.Xformable(prim), time) @ matrix
            if UsdGeom.Xformable(prim).GetResetXformStack():
                break
        prim = prim.GetParent()
    matrix[:3] *= scale
    if not np.abs(matrix).max() <= FARTHEST:  # Not for NaN either.
        raise SceneError(
            f"{path}: its transform at time code {time} has values that are not finite or above the limit of {FARTHEST:.0e} m; "
            "repair the time samples of its xformOps"
        )
    return matrix


def _local(prim: UsdGeom.Xformable, time: Usd.TimeCode) -> np.ndarray:
    """Transform from the prim to its parent [stage units], (4, 4)."""
    matrix = np.eye(4)
    for op in prim.GetOrderedXformOps():
        matrix = matrix @ _of_op(op, time)
    return matrix


def _of_op(op: UsdGeom.XformOp, time: Usd.TimeCode) -> np.ndarray:
    """Transform of an op; between two samples of a matrix that differ by a rigid motion, the screw motion between them."""
    from pxr import Usd, UsdGeom

    samples = op.GetTimeSamples() if op.GetOpType() == UsdGeom.XformOp.TypeTransform and time.IsNumeric() else []
    after = int(np.searchsorted(samples, time.GetValue())) if len(samples) else 0
    if 0 < after < len(samples):
        ends = [column_matrix(op.GetOpTransform(Usd.TimeCode(each))) for each in samples[after - 1 : after + 1]]
        motion = ends[1] @ np.linalg.inv(ends[0])
        if departure(motion) <= _RIGID:
            share = (time.GetValue() - samples[after - 1]) / (samples[after] - samples[after - 1])
            return between(np.eye(4), motion, share) @ ends[0]
    return column_matrix(op.GetOpTransform(time))


def _authored(prim: Usd.Prim) -> np.ndarray:
    """Time codes of all transform samples of a prim and its ancestors, in order."""
    from pxr import UsdGeom

    codes: set[float] = set()
    while prim and not prim.IsPseudoRoot():
        if prim.IsA(UsdGeom.Xformable):
            codes |= set(UsdGeom.Xformable(prim).GetTimeSamples())
            if UsdGeom.Xformable(prim).GetResetXformStack():
                break
        prim = prim.GetParent()
    return np.array(sorted(codes))
