"""Memory and bandwidth of the device."""
