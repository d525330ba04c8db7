"""The administrator's page, and what a rater may ask of the page about themselves."""
