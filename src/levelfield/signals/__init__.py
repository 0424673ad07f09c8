"""Did something change? The first, simple form: an XmR chart, its reading in words, and the agreed level apart from both."""
