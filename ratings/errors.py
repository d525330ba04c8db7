"""Everything that can go wrong in `ratings`, in one small tree.

    RatingsError               a sentence a person can act on
    ├── UnknownResultError     the token was not dealt by this server, or its result is gone
    ├── BadRatingError         a grade, tag, comment, licence or rater that cannot be stored as it is
    ├── ForgottenError         the rater asked to be forgotten
    ├── UnknownRaterError      that is neither a pseudonym nor a token of this server
    ├── UnknownTaskError       there is no such task
    ├── BadReasonError         an answer is left out for no reason, or one that is too long
    ├── NotAdmittedError       only the administrator may do this
    │   ├── WrongPasswordError     this is not the administrator's password
    │   └── LockedOutError         too many wrong passwords were given: wait
    ├── DealError              an answer to a pair that cannot be taken
    │   ├── UnknownDealError   the pair was not dealt by this server, or not to this browser
    │   ├── AnsweredError      the pair was answered already
    │   ├── ExpiredError       the pair was dealt too long ago
    │   ├── NotLastError       a vote is to be taken back that is not the last one
    │   └── NotBlindError      the own photo was restored with models' names beside it
    ├── MarkError              a region that cannot be kept, or taken back
    │   ├── BadMarkError       a label, tool or mask that cannot be stored as it is
    │   └── UnknownMarkError   no such picture or mark, or it is somebody else's
    ├── TooManyError           one browser asks faster than any person
    ├── NoPairError            there is nothing to compare yet
    │   └── AllSeenError       one person has been shown every pair of an own photo
    ├── StudyError             a study that cannot be made, found or taken part in
    │   ├── BadStudyError      its design contradicts itself, or asks for what is not there
    │   ├── UnknownStudyError  there is no such study, or it is not open
    │   ├── NoSuchStudyError   results were asked for of a study that is not there
    │   ├── FullError          as many people take part as were wanted
    │   └── NotNowError        another trial is due, or none: an answer was given twice, or in another tab
    ├── StoreError             the database or the data folder cannot be opened, read or written
    ├── UnconnectedError       these contestants were never compared with those: no order can be said
    ├── ExportError            the export file could not be written where or as it was asked for
    ├── UnreadableError        the file to import cannot be opened, or is of no known form
    ├── BadRowError            a row of it is no answer, or contradicts one that is stored
    └── DatasetError           the dataset on the Hub could not be read or written

Each message says what was expected, what was found, and what to do next.
"""

from collections.abc import Sequence
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


class UnknownTaskError(RatingsError):
    """There is no such task."""

    def __init__(self, task: str, known: Sequence[str]) -> None:
        super().__init__(f"Expected one of the tasks {', '.join(known)}; got {ascii(task)[:60]}.")


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


class DealError(RatingsError):
    """Base of what is wrong with an answer to a pair; nothing of it was stored."""


class UnknownDealError(DealError):
    """The token stands for no pair that this server dealt to this browser."""

    def __init__(self) -> None:
        super().__init__(
            "This pair is not known here: it was dealt to someone else, or never. Ask for another."
        )


class AnsweredError(DealError):
    """The token was used."""

    def __init__(self) -> None:
        super().__init__("This pair was answered already; each answer counts once. Go on with the next pair.")


class ExpiredError(DealError):
    """The token is too old."""

    def __init__(self) -> None:
        super().__init__("This pair was dealt more than a day ago. Look at a new one before you answer.")


class NotLastError(DealError):
    """Only the last vote can be taken back, and only for a while."""

    def __init__(self) -> None:
        super().__init__("Only your last vote can be taken back, within an hour; this one stays.")


class NotBlindError(DealError):
    """The own photo's results were shown with the names of their models."""

    def __init__(self) -> None:
        super().__init__(
            "This photo was restored with the models' names beside it, so it is compared no more. "
            "Choose another photo."
        )


class MarkError(RatingsError):
    """Base of what is wrong with a region that is marked; nothing of it was stored."""


class BadMarkError(MarkError):
    """A label, tool or mask that cannot be stored as it is."""


class UnknownMarkError(MarkError):
    """The picture or the mark is not there, or not for this person."""

    def __init__(self) -> None:
        super().__init__(
            "This picture or mark is not known here, was taken back, or is somebody else's. Choose another."
        )


class TooManyError(RatingsError):
    """One browser asks for pairs faster than any person."""

    def __init__(self) -> None:
        super().__init__("That is faster than anyone can look. Wait a minute, then go on.")


class NoPairError(RatingsError):
    """There is nothing to compare yet."""

    def __init__(self, task: str) -> None:
        super().__init__(f"No two results of '{task}' are ready to be compared. Try again in a minute.")


class AllSeenError(NoPairError):
    """Every pair there is was shown: once more would not be blind."""


class StudyError(RatingsError):
    """Base of what is wrong with a study, or with taking part in one; nothing was stored."""


class BadStudyError(StudyError):
    """The design of a study cannot be used; the sentence names the part."""


class UnknownStudyError(StudyError):
    """There is no such study, or nobody can begin it now."""

    def __init__(self) -> None:
        super().__init__("This study is not open. Ask whoever sent you the link.")


class NoSuchStudyError(StudyError):
    """Results were asked for of a study that is not there, or by a name that several have."""

    def __init__(self, name: object, task: str, states: Sequence[str], known: Sequence[str]) -> None:
        there = f"There are: {', '.join(known)}." if known else "There is none."
        super().__init__(
            f"Expected the uid of one {' or '.join(states)} study of '{task}', or how it begins; "
            f"got {ascii(name)[:60]}. {there}"
        )


class FullError(StudyError):
    """The quota is reached."""

    def __init__(self) -> None:
        super().__init__("As many people take part in this study as were wanted. Thank you all the same.")


class NotNowError(StudyError):
    """The answer is to another trial than the one that is due."""

    def __init__(self) -> None:
        super().__init__(
            "Another picture is due now, perhaps since you answered in another tab. Reload the page."
        )


class StoreError(RatingsError):
    """The database or the data folder cannot be opened, read or written; what is stored stays stored."""


class ExportError(RatingsError):
    """The export file could not be written; an older file of that name is untouched."""


class UnreadableError(RatingsError):
    """The file to import cannot be opened, or is of no known form; what was read before stays."""


class BadRowError(RatingsError):
    """A row is no answer, or contradicts one that is stored; nothing of it was stored.

    The message is what was expected and what was found, without an end: "grade must be …; found 6".
    """


class DatasetError(RatingsError):
    """The dataset on the Hub could not be read or written; nothing is lost by it.

    `moved` tells that somebody else wrote to it meanwhile: read it again, then try again.
    """

    def __init__(self, sentence: str, *, moved: bool = False) -> None:
        super().__init__(sentence)
        self.moved = moved


class UnconnectedError(RatingsError):
    """Some contestants were never compared with the others, even along a chain: `components` names them."""

    def __init__(self, components: tuple[tuple[int, ...], ...]) -> None:
        self.components = components
        groups = " | ".join(", ".join(str(each) for each in component) for component in components)
        super().__init__(
            f"Only contestants linked by comparisons can be ranked; these groups are not linked: {groups}. "
            "Collect votes across the groups, or rank each group by itself."
        )
