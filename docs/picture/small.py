"""Rounds the colours of a picture until it is small enough for a page: python docs/picture/small.py FROM.png TO.png"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

LARGEST = 300_000
"""Size of a file [bytes]."""


def main(source: str, target: str) -> None:
    picture = np.asarray(Image.open(source).convert("RGB"), float)
    for step in (1, 2, 4, 6, 8, 12, 16):
        rounded = np.minimum(step * np.round(picture / step), 255.0).astype(np.uint8)
        Image.fromarray(rounded).save(target, optimize=True)
        if Path(target).stat().st_size <= LARGEST:
            return
    sys.exit(f"{target}: {Path(target).stat().st_size} bytes, limit {LARGEST}: export a smaller part, with --around")


if __name__ == "__main__":
    main(*sys.argv[1:])
