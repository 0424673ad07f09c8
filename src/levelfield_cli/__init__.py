"""The command line: one file per verb, in story order."""
