"""The cube of a table of leaves: tallies of every place, the noise of ordinary leaves, and what a place would explain."""
