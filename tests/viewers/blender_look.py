"""Runs in Blender's own Python: imports a results stage, plays frames, renders. Prints what it saw as JSON in the last line.

usage: python blender_look.py STAGE PICTURE FRAME...
"""

import json
import sys

import bpy

stage, picture, *frames = sys.argv[1:]
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.wm.usd_import(filepath=stage, import_volumes=True, set_frame_range=True)
scene = bpy.context.scene
meshes = {each.name: each for each in bpy.data.objects if each.type == "MESH"}
found = {
    "range": [scene.frame_start, scene.frame_end], "types": sorted({each.type for each in bpy.data.objects}),
    "grids": {}, "frames": {},
}  # fmt: skip
for volume in (each for each in bpy.data.objects if each.type == "VOLUME"):
    volume.data.grids.load()
    found["grids"][volume.name] = sorted(grid.name for grid in volume.data.grids)
    volume.hide_render = True  # As fog they hide all else.
for frame in map(int, frames):
    scene.frame_set(frame)
    seen = bpy.context.evaluated_depsgraph_get()
    found["frames"][frame] = {name: _sizes for name, each in meshes.items() if (_sizes := [
        len(each.evaluated_get(seen).data.vertices), *each.evaluated_get(seen).dimensions,
    ])}  # fmt: skip
scene.camera = next(each for each in bpy.data.objects if each.type == "CAMERA" and each.name == "Camera")
scene.world = bpy.data.worlds.new("World")
scene.world.use_nodes = True
scene.world.node_tree.nodes["Background"].inputs[0].default_value = (1.0, 1.0, 1.0, 1.0)
scene.render.engine, scene.cycles.device, scene.cycles.samples = "CYCLES", "CPU", 4
scene.view_settings.view_transform = "Standard"  # The others change colours, and with them what the legend says.
scene.render.resolution_x, scene.render.resolution_y = 480, 270
scene.render.filepath = picture
bpy.ops.render.render(write_still=True)
print()
print(json.dumps(found))
