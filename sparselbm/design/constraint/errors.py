"""What an optimisation refuses, or stops at."""

from __future__ import annotations






