"""The case: raised by either side, talked through by both, moved by a declared table."""
