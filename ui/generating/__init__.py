"""The Generate tab: images out of seeds, walks between them, and how generators grew."""
