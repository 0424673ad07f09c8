"""What did we agree? Agreement files, and who accepted which version."""
