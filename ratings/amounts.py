"""Numbers of things, as the command line tells them."""


def amount(number: int, one: str, many: str) -> str:
    """Return `number` with the word for so many.

    >>> amount(1, "vote", "votes"), amount(1200, "vote", "votes")
    ('1 vote', '1,200 votes')
    """
    return f"{number:,} {one if number == 1 else many}"
