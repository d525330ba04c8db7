"""Studies: the participant's own light page, and what the administrator makes them with."""
