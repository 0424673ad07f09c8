"""The scan for rates and counts: places listed, baseline rates fitted, every place weighed, the search."""
