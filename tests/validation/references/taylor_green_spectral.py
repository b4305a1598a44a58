"""Writes taylor_green_3d_re100.csv: the Taylor-Green vortex at Re 100 by a pseudo-spectral method, 2/3 rule, Runge-Kutta 4.

u = (sin x cos y cos z, -cos x sin y cos z, 0) in a periodic box of side 2 pi; nu = 1 / 100. Run: python taylor_green_spectral.py
"""

from pathlib import Path

import numpy as np

N, RE, DT, END = 48, 100.0, 0.02, 10.0


def main():
    k = np.stack(np.meshgrid(*[np.fft.fftfreq(N, 1.0 / N)] * 2, np.fft.rfftfreq(N, 1.0 / N), indexing="ij"))
    k2 = (k**2).sum(axis=0)
    over_k2 = np.where(k2 > 0.0, 1.0 / np.maximum(k2, 1.0), 0.0)
    kept = (np.abs(k) < N / 3).all(axis=0)
    x, y, z = np.meshgrid(*[2.0 * np.pi * np.arange(N) / N] * 3, indexing="ij")
    u = np.stack([np.sin(x) * np.cos(y) * np.cos(z), -np.cos(x) * np.sin(y) * np.cos(z), 0.0 * x])

    def rate(v):
        """P(u x omega) - nu k^2 u in Fourier space."""
        vorticity = np.fft.irfftn(1j * np.cross(k, v, axis=0), axes=(1, 2, 3))
        n = np.fft.rfftn(np.cross(np.fft.irfftn(v, axes=(1, 2, 3)), vorticity, axis=0), axes=(1, 2, 3)) * kept
        return n - k * (k * n).sum(axis=0) * over_k2 - k2 * v / RE

    v, rows = np.fft.rfftn(u, axes=(1, 2, 3)), []
    for step in range(round(END / DT) + 1):
        if step % 5 == 0:
            energy = 0.5 * (np.fft.irfftn(v, axes=(1, 2, 3)) ** 2).sum(axis=0).mean()
            enstrophy = (np.fft.irfftn(1j * np.cross(k, v, axis=0), axes=(1, 2, 3)) ** 2).sum(axis=0).mean()
            rows.append((step * DT, energy, enstrophy / RE))
        a = rate(v)
        b = rate(v + 0.5 * DT * a)
        c = rate(v + 0.5 * DT * b)
        v = v + DT / 6.0 * (a + 2.0 * b + 2.0 * c + rate(v + DT * c))
    path = Path(__file__).with_name("taylor_green_3d_re100.csv")
    np.savetxt(path, rows, delimiter=",", fmt="%.6g", header="t,energy,dissipation", comments="")


if __name__ == "__main__":
    main()
