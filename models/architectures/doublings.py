"""How often a generator doubles the side that it begins with."""


def doublings(first: int, side: int) -> int:
    """Return n with `side` = `first` · 2ⁿ, at least 1; raises ValueError: there is none.

    >>> doublings(7, 28)
    2
    """
    count = (side // first).bit_length() - 1 if first > 0 else 0
    if count < 1 or side != first << count:
        raise ValueError(f"expected a side that doubles {first} once or more, found {side}")
    return count
