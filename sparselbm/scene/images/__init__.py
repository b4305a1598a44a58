"""Voxel images: readers of files, and which voxels are pores."""

from .image import VoxelImage
from .read import SUFFIXES, VOLUME_SUFFIXES, read_image
from .segmentation import PoreLabels, Segmentation, Threshold
from .storage import Storage

__all__ = [
    "SUFFIXES",
    "VOLUME_SUFFIXES",
    "PoreLabels",
    "Segmentation",
    "Storage",
    "Threshold",
    "VoxelImage",
    "read_image",
]
