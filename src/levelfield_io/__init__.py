"""The only doors out: reading files, the warehouse and its engine, the clock."""
