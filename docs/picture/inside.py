"""Renders what shapes.py took of a flow inside a surface: the wall lets its lines be seen. With PyVista (`make viewers`):
python docs/picture/inside.py IN.npz OUT.png EYE_X,EYE_Y,EYE_Z [ZOOM [WIDTH,HEIGHT]]

EYE points from the middle of all towards the camera; +Z is up.
"""

import sys

import numpy as np
import pyvista


def main(source: str, target: str, eye: str, zoom: str = "1.3", size: str = "1000,560") -> None:
    data = np.load(source)
    plotter = pyvista.Plotter(off_screen=True, window_size=[int(x) for x in size.split(",")], lighting="three lights")
    plotter.set_background("white")
    plotter.enable_anti_aliasing("ssaa")
    plotter.enable_depth_peeling(8)
    for k, name in enumerate(data["names"]):
        mesh = pyvista.PolyData.from_regular_faces(data[f"points{k}"], data[f"faces{k}"])
        mesh["colours"] = np.clip(data[f"colours{k}"], 0.0, 1.0) ** (1.0 / 2.2)
        inside = "/Results/" in str(name)
        glass = {"opacity": 0.28, "specular": 0.5, "smooth_shading": True, "split_sharp_edges": True}
        plotter.add_mesh(mesh, scalars="colours", rgb=True, **({"specular": 0.2} if inside else glass))
    plotter.view_vector([float(x) for x in eye.split(",")], (0.0, 0.0, 1.0))
    plotter.camera.zoom(float(zoom))
    plotter.screenshot(target)
    plotter.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
