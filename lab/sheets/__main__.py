"""`python -m lab.sheets`: write docs/degradations.md and draw its sheets again."""

from lab.sheets.page import write

if __name__ == "__main__":
    write()
