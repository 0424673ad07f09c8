"""Check-ins: the agenda that writes itself, how each promise goes, and whether the plan worked."""
