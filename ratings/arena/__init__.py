"""Blind comparisons: what was chosen of pairs."""
