"""Flow inside a surface, through openings."""
