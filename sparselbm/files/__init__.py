"""Volume files (NanoVDB and OpenVDB), and writing files safely."""
