"""The formats partners send, one file each: a table in, bytes out."""
