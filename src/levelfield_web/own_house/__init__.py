"""The client's own house, before anybody else is asked."""
