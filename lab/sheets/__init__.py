"""Pictures of pictures: photos, what was done to them, and what methods made of it, side by side.

view          which part of a photo a cell shows, and how large
drawing       rows of cells with captions → one image
comparison    `python -m lab sheet`: damaged photos and every method's result
damage        the sheets of docs/degradations.md
page          docs/degradations.md itself; `python -m lab.sheets` writes it with its sheets
"""
