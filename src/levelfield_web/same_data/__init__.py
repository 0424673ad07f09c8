"""Are we looking at the same data? Deliveries, findings, publications, and who has seen them."""
