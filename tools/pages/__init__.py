"""One file per kind of generated page."""
