"""One check per file: figures in, what they say of a duty out."""
