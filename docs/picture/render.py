"""Renders the README's picture with Blender's module, in an environment of its own (`pip install bpy`), as a separate process:
python docs/picture/render.py IN.npz OUT.png"""

import sys

import bpy
import numpy as np


def paint(name: str) -> bpy.types.Material:
    """A material that shows the colours of the points."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    colour = nodes.new("ShaderNodeVertexColor")
    colour.layer_name = "shown"
    links.new(colour.outputs["Color"], nodes["Principled BSDF"].inputs["Base Color"])
    nodes["Principled BSDF"].inputs["Roughness"].default_value = 0.45
    return material


def add_mesh(name: str, points: np.ndarray, faces: np.ndarray, colours: np.ndarray | None) -> None:
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(points.tolist(), [], faces.tolist())
    mesh.shade_smooth()
    if colours is not None:
        layer = mesh.color_attributes.new("shown", "FLOAT_COLOR", "POINT")
        layer.data.foreach_set("color", np.c_[colours, np.ones(len(colours))].ravel().astype(np.float32))
        mesh.materials.append(paint(name))
    else:
        plain = bpy.data.materials.new(name)
        plain.use_nodes = True
        plain.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = (0.3, 0.3, 0.33, 1.0)
        mesh.materials.append(plain)
    bpy.context.collection.objects.link(bpy.data.objects.new(name, mesh))


def tube(line: np.ndarray, radius: float, sides: int = 6) -> tuple[np.ndarray, np.ndarray]:
    """A line as a thin tube: points and faces."""
    along = np.gradient(line, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.cross(along, (0.0, 0.0, 1.0))
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    up = np.cross(side, along)
    angle = 2.0 * np.pi * np.arange(sides) / sides
    ring = line[:, None] + radius * (
        np.cos(angle)[None, :, None] * side[:, None] + np.sin(angle)[None, :, None] * up[:, None]
    )
    k, s = np.meshgrid(np.arange(len(line) - 1), np.arange(sides), indexing="ij")
    corner = lambda i, j: i * sides + j % sides  # noqa: E731
    return ring.reshape(-1, 3), np.stack(
        [corner(k, s), corner(k + 1, s), corner(k + 1, s + 1), corner(k, s + 1)], -1
    ).reshape(-1, 4)


def shine(camera: bpy.types.Object, scale: float, clip: float = 100.0) -> None:
    """A sun, a white world, and an orthographic camera that sees so much [m] of it."""
    scene = bpy.context.scene
    sun = bpy.data.objects.new("sun", bpy.data.lights.new("sun", "SUN"))
    sun.data.energy, sun.data.angle, sun.rotation_euler = 2.2, 0.5, (0.7, 0.2, 0.3)
    camera.data.type, camera.data.ortho_scale, camera.data.clip_end = "ORTHO", scale, clip
    for item in (sun, camera):
        scene.collection.objects.link(item)
    scene.camera = camera
    scene.world = bpy.data.worlds.new("world")
    scene.world.use_nodes = True
    scene.world.node_tree.nodes["Background"].inputs[0].default_value = (1.0, 1.0, 1.0, 1.0)
    scene.world.node_tree.nodes["Background"].inputs[1].default_value = 0.9


def new_camera() -> bpy.types.Object:
    return bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))


def write_picture(target: str, width: int, height: int) -> None:
    """By Cycles; the other view transforms change colours."""
    scene, render = bpy.context.scene, bpy.context.scene.render
    render.engine, render.resolution_x, render.resolution_y = "CYCLES", width, height
    scene.cycles.samples, scene.view_settings.view_transform = 32, "Standard"
    render.image_settings.file_format, render.filepath = "PNG", target
    bpy.ops.render.render(write_still=True)


def main(source: str, target: str) -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    data = np.load(source)
    gap = np.array([1.45, 0.0, 0.0])
    add_mesh("first", data["first"] - gap, data["faces"], None)
    add_mesh("last", data["last"] + 0.55 * gap, data["faces"], data["colours"])
    start, low, high = 0, data["last"][:, 0].min() - 0.85, data["last"][:, 0].max() + 1.1
    colours = np.broadcast_to(data["line_colours"], (len(data["lines"]), 3))
    for count in data["counts"]:
        line, shade = data["lines"][start : start + count], colours[start : start + count]
        start += count
        near = (line[:, 0] > low) & (line[:, 0] < high)
        if near.sum() > 2:
            points, faces = tube(line[near] + 0.55 * gap, 0.004)
            add_mesh("line", points, faces, np.repeat(shade[near], 6, axis=0))
    camera = new_camera()
    camera.location = data["last"].mean(axis=0) + np.array([0.1, -9.0, 1.62])
    camera.rotation_euler = (np.pi / 2 - np.arctan2(1.6, 9.0), 0.0, 0.0)
    shine(camera, 4.5)
    write_picture(target, 1100, 440)


if __name__ == "__main__":
    main(*sys.argv[-2:])
