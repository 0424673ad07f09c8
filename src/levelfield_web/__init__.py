"""The meeting floor: one Django app in which both sides sign in and see the same numbers."""
