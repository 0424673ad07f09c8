"""What was done, by whom and when: a list that only grows, each entry sealed to the one before."""
