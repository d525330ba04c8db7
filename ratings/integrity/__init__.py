"""Looking through a database for what should never be there."""
