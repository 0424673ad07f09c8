"""Where a change comes from and whose it is: the same explanation for both sides."""
