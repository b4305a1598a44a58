"""Renders what shapes.py took, with Blender's module as a separate process (see render.py):
python docs/picture/scene.py IN.npz OUT.png EYE_X,EYE_Y,EYE_Z [ZOOM [GREY]]

EYE points from the middle of all towards the camera; shapes whose prim's name ends in GREY are drawn in plain grey.
"""

import sys

import bpy
import numpy as np
from mathutils import Vector
from render import add_mesh, new_camera, shine, write_picture


def look(low: np.ndarray, high: np.ndarray, eye: np.ndarray, zoom: float) -> None:
    """Towards the middle of a box."""
    camera, size = new_camera(), float(np.linalg.norm(high - low))
    camera.location = Vector(0.5 * (low + high) + 2.0 * size * eye / np.linalg.norm(eye))
    camera.rotation_euler = Vector(-eye).to_track_quat("-Z", "Y").to_euler()
    shine(camera, size / zoom, clip=10.0 * size)


def main(source: str, target: str, eye: str, zoom: str = "1", grey: str = "//") -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    data, low, high = np.load(source), np.full(3, np.inf), np.full(3, -np.inf)
    scale = 1.0 / max(np.ptp(data[f"points{k}"], axis=0).max() for k in range(len(data["names"])))
    for k, name in enumerate(data["names"]):
        points = scale * data[f"points{k}"]  # Blender's light takes a scene of a metre for granted.
        add_mesh(str(name), points, data[f"faces{k}"], None if str(name).endswith(grey) else data[f"colours{k}"])
        low, high = np.minimum(low, points.min(axis=0)), np.maximum(high, points.max(axis=0))
    look(low, high, np.array([float(x) for x in eye.split(",")]), float(zoom))
    write_picture(target, 1000, 560)


if __name__ == "__main__":
    main(*sys.argv[1:])
