"""Pictures of densities for docs/explanation/optimisation.md."""

from pathlib import Path

import numpy as np

PICTURES = Path(__file__).parents[2] / "docs" / "explanation" / "optimisation"


def picture(rho, path):
    """Fluid white, solid dark."""
    import matplotlib.pyplot as plt

    path.parent.mkdir(exist_ok=True)
    plt.imsave(path, np.kron(rho.T[::-1], np.ones((2, 2))), cmap="gray", vmin=0.0, vmax=1.0)
