"""Signals: what changed, is it real, and what becomes of it. Both sides see the same."""
