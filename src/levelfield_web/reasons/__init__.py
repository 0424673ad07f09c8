"""The charter: why we outsourced, who stands behind it, and whether both sides want the same."""
