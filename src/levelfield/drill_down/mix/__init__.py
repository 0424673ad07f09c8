"""The pieces of mix and rate: cells large enough to have a rate, the nested split with its slopes, reversals."""
