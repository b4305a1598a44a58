"""Expressions: physics recorded as a graph, differentiated and printed. Knows nothing of lattice Boltzmann methods."""
