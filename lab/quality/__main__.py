"""`python -m lab.quality`: write docs/quality.md and its plots again from lab/results."""

from lab.quality.page import write

if __name__ == "__main__":
    write()
