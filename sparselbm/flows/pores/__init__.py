"""Flow through the pores of an image."""
