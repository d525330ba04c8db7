"""Everything that can go wrong in `ratings`, in one small tree.

    RatingsError               a sentence a person can act on
    ├── UnknownResultError     the token was not dealt by this server, or its result is gone
    ├── BadRatingError         a grade, tag, comment, licence or rater that cannot be stored as it is
    ├── ForgottenError         the rater asked to be forgotten
    ├── UnknownRaterError      that is neither a pseudonym nor a token of this server
    ├── BadReasonError         an answer is left out for no reason, or one that is too long
    ├── NotAdmittedError       only the administrator may do this
    │   ├── WrongPasswordError     this is not the administrator's password
    │   └── LockedOutError         too many wrong passwords were given: wait
    ├── StoreError             the database or the data folder cannot be opened, read or written
    └── ExportError            the export file could not be written where or as it was asked for

Each message says what was expected, what was found, and what to do next.
"""

from datetime import datetime


class RatingsError(Exception):
    """Base of all errors that `ratings` raises for something a person can mend."""


class UnknownResultError(RatingsError):
    """The token stands for no result that this server made."""

    def __init__(self) -> None:
        super().__init__("This result is not known here any more: make it again, then rate the new one.")


class BadRatingError(RatingsError):
    """An answer that cannot be stored as it is; nothing of it was stored."""


class ForgottenError(RatingsError):
    """The rater asked to be forgotten; nothing more is kept under that pseudonym."""

    def __init__(self) -> None:
        super().__init__("This rater asked to be forgotten: reload the page, then answer as a new one.")


class UnknownRaterError(RatingsError):
    """A rater was named by something that is neither a pseudonym nor a token that this server signed."""

    def __init__(self) -> None:
        super().__init__(
            "Expected a rater's pseudonym, 64 hex digits, or the token of the rater's browser, 68 characters."
        )


class BadReasonError(RatingsError):
    """Answers were to be left out without a reason that can be stored."""


class NotAdmittedError(RatingsError):
    """Only the administrator may do this, and the caller showed no session that holds."""

    def __init__(
        self, sentence: str = "Log in as administrator first: there is no session, or it ended."
    ) -> None:
        super().__init__(sentence)


class WrongPasswordError(NotAdmittedError):
    """This is not the administrator's password."""

    def __init__(self) -> None:
        super().__init__("This is not the administrator's password.")


class LockedOutError(NotAdmittedError):
    """Too many wrong passwords were given; `until` (UTC) none is looked at."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(
            f"Too many wrong passwords were given. Try again after {until:%H:%M:%S} UTC ({until:%Y-%m-%d})."
        )


class StoreError(RatingsError):
    """The database or the data folder cannot be opened, read or written; what is stored stays stored."""


class ExportError(RatingsError):
    """The export file could not be written; an older file of that name is untouched."""
