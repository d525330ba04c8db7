"""What a person types → numbers and pairs; argparse turns the errors into its own exit with 2."""

import argparse


def name_value(text: str) -> tuple[str, str]:
    """Return name and value of "sigma=25".

    >>> name_value("sigma=25")
    ('sigma', '25')

    Raises argparse.ArgumentTypeError: it is no pair.
    """
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"expected name=value, as in sigma=25; got '{text}'")
    return name, value


def from_zero(text: str) -> int:
    """Return a whole number from 0, such as a seed; raises argparse.ArgumentTypeError."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"expected a whole number from 0; got '{text}'")
    return int(text)


def from_one(text: str) -> int:
    """Return a whole number from 1, such as a count; raises argparse.ArgumentTypeError."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1; got '{text}'")
    return int(text)


def above_zero(text: str) -> float:
    """Return a number above 0, such as minutes; raises argparse.ArgumentTypeError."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError(f"expected a number above 0, as in 45; got '{text}'")
    return number


def jpeg_quality(text: str) -> int:
    """Return a whole number from 1 to 100; raises argparse.ArgumentTypeError."""
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 to 100; got '{text}'")
    return int(text)


def cell_side(text: str) -> int:
    """Return a side in pixels, 16 to 4096; raises argparse.ArgumentTypeError."""
    if not text.isdecimal() or not 16 <= int(text) <= 4096:
        raise argparse.ArgumentTypeError(f"expected a whole number from 16 to 4096; got '{text}'")
    return int(text)


def share(text: str) -> float:
    """Return a number from 0 to 1; raises argparse.ArgumentTypeError."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 1, as in 0.5; got '{text}'")
    return number
