"""Figures as a person reads them; the same in every language."""


def in_bytes(count: int) -> str:
    """Return a number of bytes in decimal units, with two digits or a little more.

    >>> in_bytes(3_400), in_bytes(11_900_000), in_bytes(131_000_000), in_bytes(1_440_000_000)
    ('3.4 kB', '12 MB', '131 MB', '1.4 GB')
    """
    for unit, factor in (("GB", 10**9), ("MB", 10**6)):
        if count >= 0.9995 * factor:
            return f"{_rounded(count / factor)} {unit}"
    return f"{_rounded(count / 1000)} kB"


def in_seconds(seconds: float) -> str:
    """Return seconds with two digits.

    >>> in_seconds(0.0123), in_seconds(1.26), in_seconds(34.4), in_seconds(345.0)
    ('0.012', '1.3', '34', '345')
    """
    return f"{seconds:.2g}" if seconds < 99.5 else f"{seconds:.0f}"


def _rounded(value: float) -> str:
    return f"{value:.1f}" if value < 9.95 else f"{value:.0f}"
