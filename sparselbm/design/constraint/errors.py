"""Errors of an optimisation."""

from __future__ import annotations






