"""The same numbers for other programs: read-only, signed in, described by OpenAPI."""
