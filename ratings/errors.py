"""Everything that can go wrong in `ratings`, in one small tree.

    RatingsError               a sentence a person can act on
    ├── UnknownResultError     the token was not dealt by this server, or its result is gone
    ├── BadRatingError         a grade, tag, comment, licence or rater that cannot be stored as it is
    ├── StoreError             the database or the data folder cannot be opened, read or written
    ├── UnconnectedError       these contestants were never compared with those: no order can be said
    └── ExportError            the export file could not be written where or as it was asked for

Each message says what was expected, what was found, and what to do next.
"""


class RatingsError(Exception):
    """Base of all errors that `ratings` raises for something a person can mend."""


class UnknownResultError(RatingsError):
    """The token stands for no result that this server made."""

    def __init__(self) -> None:
        super().__init__("This result is not known here any more: make it again, then rate the new one.")


class BadRatingError(RatingsError):
    """An answer that cannot be stored as it is; nothing of it was stored."""


class StoreError(RatingsError):
    """The database or the data folder cannot be opened, read or written; what is stored stays stored."""


class ExportError(RatingsError):
    """The export file could not be written; an older file of that name is untouched."""


class UnconnectedError(RatingsError):
    """Some contestants were never compared with the others, even along a chain: `components` names them."""

    def __init__(self, components: tuple[tuple[int, ...], ...]) -> None:
        self.components = components
        groups = " | ".join(", ".join(str(each) for each in component) for component in components)
        super().__init__(
            f"Only contestants linked by comparisons can be ranked; these groups are not linked: {groups}. "
            "Collect votes across the groups, or rank each group by itself."
        )
