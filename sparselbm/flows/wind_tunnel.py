"""Wind tunnel around the bodies of a scene: from SI units to a checked set-up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import warp as wp

from ..errors import WindTunnelError
from ..geometry import TriangleMesh, repair
from .tunnel_options import TunnelOptions
from .tunnel_setup import WindTunnelSetup

if TYPE_CHECKING:
    from ..scene.usd import Scene

CELLS_ACROSS = 16
"""Cells across the obstacle if no voxel size is given."""


@dataclass(frozen=True, kw_only=True)
class WindTunnel(TunnelOptions):
    """Box with a free stream past a body: inlets where the stream enters, pressure outlets where it leaves, and free-slip sides
    or walls along it.

    Lengths of the box are multiples of L, the largest extent across the flow of the body, or of its part in the box of
    `corners`. Re = u L / nu. The default voxel size is L / 16. The main axis is that of the largest component of the stream.
    """

    def around(
        self, bodies: Mapping[str, TriangleMesh], obstacle: str, *, device: wp.DeviceLike | None = None
    ) -> WindTunnelSetup:
        """Returns the checked set-up around the obstacle; the other bodies are in the tunnel too.

        Raises WindTunnelError, UnitsError with value, limit and remedy.
        """
        self.check()
        for name in (obstacle, *self.rotating):
            if name not in bodies:
                raise WindTunnelError(f"there is no body {name!r}: use one of {', '.join(bodies) or 'none'}")
        body = self.body(obstacle, bodies[obstacle], None if self.corners is None else np.array(self.corners))
        options = replace(self, voxel_size=self.voxel_size or body.length / CELLS_ACROSS, up=2 if self.up is None else self.up)
        setup = WindTunnelSetup(options, dict(bodies), obstacle=obstacle, device=device)
        length = setup.body.reference_length
        if self.velocity is None:
            assert self.viscosity is not None, "see `check`"
            setup = replace(setup, options=replace(options, velocity=self.reynolds * self.viscosity / length, viscosity=None))
        elif self.viscosity is not None:
            setup = replace(setup, options=replace(options, reynolds=self.velocity * length / self.viscosity))
        setup = setup.with_method()
        setup.check()
        return setup

    def in_scene(
        self, scene: Scene, obstacle: str | None = None, *, ignore: Collection[str] = (),
        device: wp.DeviceLike | None = None,
    ) -> WindTunnelSetup:
        """The tunnel around a prim of a scene, by default around its only body; `ignore`: prims that are left out.

        `obstacle`: several prims separated by commas, or a prim above them (`/` for all), are one body. Degenerate faces are
        removed and inverted ones reversed; points keep their number and order. Raises WindTunnelError if there are several bodies
        and none is named, SceneError for prims that do not exist.
        """
        scene = scene.without(*ignore)
        notes = tuple(map(str, scene.report.doubtful))
        if obstacle is None:
            if len(scene.bodies) != 1:
                names = ", ".join(body.path for body in scene.bodies) or "none"
                raise WindTunnelError(
                    f"{len(scene.bodies)} bodies and no obstacle specified: choose one of {names}; several of them separated by "
                    "commas, or a prim above them (/ for all), are one body"
                )
            obstacle = scene.bodies[0].path
        scene = scene.joined(obstacle)
        meshes = {body.path: repair(body.mesh, body.path)[0] for body in scene.bodies}
        options = replace(self, up="XYZ".index(scene.up_axis) if self.up is None else self.up)
        return replace(options.around(meshes, scene.bodies[0].path, device=device), notes=notes)
