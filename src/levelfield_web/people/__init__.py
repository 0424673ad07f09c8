"""Who works here, on which side, and what each of them may do."""
