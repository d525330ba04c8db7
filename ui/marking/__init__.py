"""The Mark tab: people paint where a result is wrong, or where a photo is rusty."""
