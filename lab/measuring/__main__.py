"""`python -m lab.measuring`: write docs/generators.md and its plots again from lab/results."""

from lab.measuring.page import write

if __name__ == "__main__":
    write()
