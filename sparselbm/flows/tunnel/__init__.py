"""Flow past bodies in a box."""
