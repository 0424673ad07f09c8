"""What did we agree? The agreement as a file: services, measures with their definition, targets, calendar, zone."""
