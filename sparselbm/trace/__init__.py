"""Traced expressions: formulas recorded as a graph, differentiated and printed as C++. Independent of the LBM."""
