"""What changed, and what waits: the only room that mixes rooms."""
