"""Motion of bodies in a flow."""
