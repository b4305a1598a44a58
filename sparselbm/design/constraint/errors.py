"""Errors of an optimization."""

from __future__ import annotations






