"""Arrays in, estimates with intervals out; knows nothing of the store."""
