"""Devices, engines and tiles: how a network is run. Knows tensors, not cards."""
