"""Physics of a flow in SI units: options, method, forces, scalars."""
