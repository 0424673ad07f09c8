"""What do the numbers say, and can you recompute them? Sheets of mergeable parts, definitions, values."""
