"""Scenes: where geometry is read from."""
