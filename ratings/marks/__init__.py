"""Regions that people mark on pictures: what is wrong with a result, where there is rust in a photo."""
