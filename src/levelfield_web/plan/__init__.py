"""The plan on one page: at most five promises, tested before anyone agrees."""
