"""The likelihood behind a verdict."""
