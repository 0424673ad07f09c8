"""What every room stands on: settings read from the environment, and who is looking."""
