"""Blind comparisons: pairs that are dealt, votes on them, and how they came out."""
