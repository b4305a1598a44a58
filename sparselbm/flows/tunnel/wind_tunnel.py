"""Wind tunnel around the bodies of a scene: from SI units to a checked set-up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import warp as wp

from ...errors import WindTunnelError
from ...geometry import TriangleMesh, repair
from ...layout import EDGE
from .box import within_box
from .options import TunnelOptions
from .setup import WindTunnelSetup

if TYPE_CHECKING:
    from ...scene.usd import Scene

CELLS_ACROSS = 16
"""Cells across the obstacle if no voxel size is given."""
LATTICE_VELOCITY = 0.08
"""Velocity of the free stream if none is given [cells / step]."""


@dataclass(frozen=True, kw_only=True)
class WindTunnel(TunnelOptions):
    """Box with a free stream past a body: inlets where the stream enters, pressure outlets where it leaves, and free-slip sides
    or walls along it.

    Lengths of the box are multiples of L, the largest extent across the flow of the body, or of its part in the box of
    `corners`. Re = u L / nu. The default voxel size is L / 16, the default lattice velocity 0.08. The main axis is that of the
    largest component of the stream.
    """

    def around(
        self, bodies: Mapping[str, TriangleMesh], obstacle: str, *, device: wp.DeviceLike | None = None
    ) -> WindTunnelSetup:
        """Returns the checked set-up around the obstacle; the other bodies are in the tunnel too.

        Raises WindTunnelError, UnitsError with value, limit and remedy.
        """
        self.check()
        for name in (obstacle, *self.rotating, *self.moving):
            if name not in bodies:
                raise WindTunnelError(f"there is no body {name!r}: use one of {', '.join(bodies) or 'none'}")
        setup = self._setup(bodies, obstacle, device).with_method()
        setup.check()
        return setup

    def _setup(self, bodies: Mapping[str, TriangleMesh], obstacle: str, device: wp.DeviceLike | None) -> WindTunnelSetup:
        """The set-up with voxel size, Reynolds number and velocity, without its checks and without a collision model."""
        body = self.body(obstacle, bodies[obstacle], None if self.corners is None else np.array(self.corners))
        options = replace(
            self, voxel_size=self.voxel_size or body.length / CELLS_ACROSS, up=2 if self.up is None else self.up,
            lattice_velocity=self.lattice_velocity or LATTICE_VELOCITY,
        )
        setup = WindTunnelSetup(options, dict(bodies), obstacle=obstacle, device=device)
        length = setup.body.reference_length
        if self.velocity is None:
            assert self.viscosity is not None, "see `check`"
            return replace(setup, options=replace(options, velocity=self.reynolds * self.viscosity / length, viscosity=None))
        if self.viscosity is None:
            return setup
        return replace(setup, options=replace(options, reynolds=self.velocity * length / self.viscosity))

    def in_scene(
        self, scene: Scene, obstacle: str | None = None, *, ignore: Collection[str] = (),
        device: wp.DeviceLike | None = None,
    ) -> WindTunnelSetup:
        """The tunnel around a prim of a scene, by default around its only body; `ignore`: prims that are left out.

        `obstacle`: several prims separated by commas, or a prim above them (`/` for all), are one body. Degenerate faces are
        removed and inverted ones reversed; points keep their number and order. Bodies outside the box are left out, with a note.
        Raises WindTunnelError if there are several bodies and none is named, SceneError for prims that do not exist.
        """
        scene = scene.without(*ignore)
        notes = tuple(map(str, scene.report.doubtful))
        if obstacle is None:
            if not scene.bodies:
                raise WindTunnelError(
                    "no body in the flow: its drag is measured, and its length is that of the Reynolds number; add one to the "
                    "scene, such as a cube of at least 8 cells, or leave fewer prims out"
                )
            if len(scene.bodies) != 1:
                names = ", ".join(body.path for body in scene.bodies)
                raise WindTunnelError(
                    f"{len(scene.bodies)} bodies and no obstacle specified: choose one of {names}; several of them separated by "
                    "commas, or a prim above them (/ for all), are one body"
                )
            obstacle = scene.bodies[0].path
        scene = scene.joined(obstacle)
        options, obstacle = replace(self, up="XYZ".index(scene.up_axis) if self.up is None else self.up), scene.bodies[0].path
        options.check()
        whole = {body.path: body.mesh for body in scene.bodies}
        inside = options._inside(whole, obstacle, device)
        meshes = {name: repair(mesh, name)[0] for name, mesh in inside.items()}
        left_out = tuple(name for name in whole if name not in inside)
        return replace(options.around(meshes, obstacle, device=device), notes=(*notes, *_left_out(left_out)))

    def _inside(
        self, bodies: Mapping[str, TriangleMesh], obstacle: str, device: wp.DeviceLike | None
    ) -> Mapping[str, TriangleMesh]:
        """The obstacle, and the bodies that reach into the box, which may depend on them: it ends on a flat ground."""
        if len(bodies) == 1:
            return bodies
        alone = self._setup({obstacle: bodies[obstacle]}, obstacle, device)
        margin = EDGE * alone.voxel_size
        near = within_box(bodies, obstacle, alone.bounds + margin * np.array([[-1.0], [1.0]]))
        return within_box(near, obstacle, self._setup(near, obstacle, device).bounds)


def _left_out(names: Sequence[str]) -> tuple[str, ...]:
    """Note on bodies outside of the box; empty if there are none."""
    if not names:
        return ()
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    return (f"{len(names):,} bodies lie outside of the box and are left out: {', '.join(names[:3])}{more}",)
