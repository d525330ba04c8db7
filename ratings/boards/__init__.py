"""Leaderboards of blind votes: read, counted with intervals, and kept so that looking at one is cheap."""
