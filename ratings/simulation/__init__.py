"""Raters of known truth: how often the intervals of `ratings.statistics` hold it."""
