"""Scenes: readers of geometry."""
