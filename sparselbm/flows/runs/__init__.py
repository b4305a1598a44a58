"""Runs to steady state or over a duration, and the values that they measure."""
