"""Renders what shapes.py took, with Blender's module as a separate process (see render.py):
python docs/picture/scene.py IN.npz OUT.png EYE_X,EYE_Y,EYE_Z [ZOOM [GREY]]

EYE points from the middle of all towards the camera; shapes whose prim's name ends in GREY are drawn in plain grey.
"""

import sys

import bpy
import numpy as np
from mathutils import Vector
from render import add_mesh


def light_and_look(low: np.ndarray, high: np.ndarray, eye: np.ndarray, zoom: float) -> None:
    scene, centre, size = bpy.context.scene, 0.5 * (low + high), float(np.linalg.norm(high - low))
    sun = bpy.data.objects.new("sun", bpy.data.lights.new("sun", "SUN"))
    sun.data.energy, sun.data.angle, sun.rotation_euler = 2.2, 0.5, (0.7, 0.2, 0.3)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.type, camera.data.ortho_scale, camera.data.clip_end = "ORTHO", size / zoom, 10.0 * size
    camera.location = Vector(centre + 2.0 * size * eye / np.linalg.norm(eye))
    camera.rotation_euler = Vector(-eye).to_track_quat("-Z", "Y").to_euler()
    for item in (sun, camera):
        scene.collection.objects.link(item)
    scene.camera = camera
    scene.world = bpy.data.worlds.new("world")
    scene.world.use_nodes = True
    scene.world.node_tree.nodes["Background"].inputs[0].default_value = (1.0, 1.0, 1.0, 1.0)
    scene.world.node_tree.nodes["Background"].inputs[1].default_value = 0.9


def main(source: str, target: str, eye: str, zoom: str = "1", grey: str = "//") -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    data, low, high = np.load(source), np.full(3, np.inf), np.full(3, -np.inf)
    scale = 1.0 / max(np.ptp(data[f"points{k}"], axis=0).max() for k in range(len(data["names"])))
    for k, name in enumerate(data["names"]):
        points = scale * data[f"points{k}"]  # Blender's light takes a scene of a metre for granted.
        add_mesh(str(name), points, data[f"faces{k}"], None if str(name).endswith(grey) else data[f"colours{k}"])
        low, high = np.minimum(low, points.min(axis=0)), np.maximum(high, points.max(axis=0))
    light_and_look(low, high, np.array([float(x) for x in eye.split(",")]), float(zoom))
    render = bpy.context.scene.render
    render.engine, render.resolution_x, render.resolution_y = "CYCLES", 1000, 560
    bpy.context.scene.cycles.samples = 32
    bpy.context.scene.view_settings.view_transform = "Standard"
    render.image_settings.file_format, render.filepath = "PNG", target
    bpy.ops.render.render(write_still=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
