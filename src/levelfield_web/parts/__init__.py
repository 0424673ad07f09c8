"""What every page is made of: the frame, the tokens, the parts, the way numbers are written."""
