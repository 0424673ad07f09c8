"""What do the numbers say, and can you recompute them? Scorecards, charts, the definitions lab."""
