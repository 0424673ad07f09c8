"""The scan for rates and counts: expected counts of every leaf, and what each place's excess is worth."""
