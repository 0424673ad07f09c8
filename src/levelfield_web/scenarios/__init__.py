"""Dated circumstances: filed by either side or delivered as events, with how they fit and how they were handled."""
