"""The commands of `python -m models`, one subject a file."""
