"""Runs in Blender's own Python: imports a results stage, plays frames, renders. Prints what it saw as JSON in the last line.

usage: python blender_look.py STAGE FOLDER FRAME...

FOLDER gets all.png and, of the ball and what stands in for lines, points and arrows, pictures of each alone, NAME.png.
"""

import json
import sys

import bpy
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

stage, folder, *frames = sys.argv[1:]
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.wm.usd_import(filepath=stage, import_volumes=True, set_frame_range=True)
scene = bpy.context.scene
meshes = {each.name: each for each in bpy.data.objects if each.type == "MESH"}
found = {
    "range": [scene.frame_start, scene.frame_end], "types": sorted({each.type for each in bpy.data.objects}),
    "grids": {}, "frames": {},
}
for volume in (each for each in bpy.data.objects if each.type == "VOLUME"):
    volume.data.grids.load()
    found["grids"][volume.name] = sorted(grid.name for grid in volume.data.grids)
for frame in map(int, frames):
    scene.frame_set(frame)
    seen = bpy.context.evaluated_depsgraph_get()
    found["frames"][frame] = {name: _sizes for name, each in meshes.items() if (_sizes := [
        len(each.evaluated_get(seen).data.vertices), *each.evaluated_get(seen).dimensions,
    ])}
scene.camera = next(each for each in bpy.data.objects if each.type == "CAMERA" and each.name == "Camera")
scene.world = bpy.data.worlds.new("World")
scene.world.use_nodes = True
scene.world.node_tree.nodes["Background"].inputs[0].default_value = (1.0, 1.0, 1.0, 1.0)
scene.render.engine, scene.cycles.device, scene.cycles.samples = "CYCLES", "CPU", 4
scene.view_settings.view_transform = "Standard"  # The others change colours, and with them what the legend says.
scene.render.resolution_x, scene.render.resolution_y = 480, 270
# Volumes, as fog, hide all else.
for each in bpy.data.objects:
    each.hide_render = each.type == "VOLUME"
scene.render.filepath = f"{folder}/all.png"
bpy.ops.render.render(write_still=True)
scene.render.resolution_percentage = 300  # So that a line is more than a pixel wide.
scene.render.use_border = scene.render.use_crop_to_border = True
for name, alone in meshes.items():
    if not (name == "Ball" or name.endswith("_solid")):
        continue
    for each in bpy.data.objects:
        each.hide_render = each is not alone
    corners = [alone.matrix_world @ Vector(corner) for corner in alone.evaluated_get(seen).bound_box]
    x, y, _ = zip(*(world_to_camera_view(scene, scene.camera, corner) for corner in corners))
    scene.render.border_min_x, scene.render.border_max_x = min(x), max(x)
    scene.render.border_min_y, scene.render.border_max_y = min(y), max(y)
    scene.render.filepath = f"{folder}/{name}.png"
    bpy.ops.render.render(write_still=True)
print()
print(json.dumps(found))
