"""The commands of `python -m lab`, one a file; each adds its own words to the parser."""
