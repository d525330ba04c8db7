"""Studies: what is asked, in which order, of whom, and what came of it."""
