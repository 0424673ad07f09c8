"""Are we looking at the same data? Shapes of facts, profiles of files, findings, publications."""
