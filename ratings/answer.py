"""What a person may answer: every part is checked here before it comes near the database."""

from collections.abc import Iterable
from dataclasses import dataclass

from ratings.errors import BadRatingError
from ratings.records import LICENCE, Defect, Grade

COMMENT_LIMIT = 2000
"""The longest comment, in characters."""

_RATER_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Answer:
    """A rating whose every part is fit to be stored."""

    rater: str | None
    grade: Grade
    defects: tuple[Defect, ...]
    comment: str
    licence: str


def check_answer(
    rater: object, grade: object, defects: Iterable[object], comment: object, accepted_licence: object
) -> Answer:
    """Return the answer, its defects in the order of `Defect`, once each, its comment stripped.

    >>> check_answer(None, 4, ["halo", "halo"], " Sharp. ", "CC-BY-4.0").comment
    'Sharp.'

    Raises BadRatingError: the first part that cannot be stored as it is. Nothing is guessed or cut.
    """
    return Answer(
        rater=check_rater(rater),
        grade=_check_grade(grade),
        defects=_check_defects(defects),
        comment=_check_comment(comment),
        licence=check_licence(accepted_licence),
    )


def _check_grade(grade: object) -> Grade:
    if isinstance(grade, bool) or not isinstance(grade, int) or not 1 <= grade <= 5:
        scale = ", ".join(f"{int(each)} ({each.label})" for each in Grade)
        raise BadRatingError(f"A grade is a whole number: {scale}. Got {_shown(grade)}.")
    return Grade(grade)


def _check_defects(defects: object) -> tuple[Defect, ...]:
    if isinstance(defects, str) or not isinstance(defects, Iterable):
        raise BadRatingError(f"Defects are a list of tags, such as ['halo']; got {_shown(defects)}.")
    named = {_check_defect(tag) for tag in defects}
    return tuple(defect for defect in Defect if defect in named)


def _check_defect(tag: object) -> Defect:
    try:
        return Defect(tag)  # pyright: ignore[reportArgumentType] — anything else raises, which is the check
    except ValueError:
        raise BadRatingError(f"A defect is one of {', '.join(Defect)}; got {_shown(tag)}.") from None


def _check_comment(comment: object) -> str:
    if not isinstance(comment, str):
        raise BadRatingError(f"A comment is text; got {_shown(comment)}.")
    if len(comment) > COMMENT_LIMIT:
        raise BadRatingError(
            f"A comment has at most {COMMENT_LIMIT:,} characters; this one has {len(comment):,}: shorten it."
        )
    _refuse_unstorable(comment, "The comment")
    return comment.strip()


def check_licence(accepted_licence: object) -> str:
    """Return the licence that was agreed to; raises BadRatingError if it is another."""
    if accepted_licence != LICENCE:
        raise BadRatingError(
            f"Ratings are collected under {LICENCE} alone: agree to it with each rating. "
            f"Got {_shown(accepted_licence)}."
        )
    return LICENCE


def check_rater(rater: object) -> str | None:
    """Return a pseudonym that can be stored, or none; raises BadRatingError."""
    if rater is None:
        return None
    if not isinstance(rater, str) or not 1 <= len(rater) <= _RATER_LIMIT:
        raise BadRatingError(
            f"A rater is a pseudonym of 1 to {_RATER_LIMIT} characters, or none at all; got {_shown(rater)}."
        )
    _refuse_unstorable(rater, "The rater's pseudonym")
    return rater


def _refuse_unstorable(text: str, what: str) -> None:
    """Refuse what not every database can keep: NUL (PostgreSQL), halves of surrogate pairs (both)."""
    if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in text):
        raise BadRatingError(
            f"{what} holds a NUL or half of a surrogate pair, which is no text: remove it and send again."
        )


def _shown(value: object) -> str:
    """Return at most 60 characters of `value`, all of them printable."""
    if isinstance(value, str):
        value = value[:60]
    text = ascii(value)
    return text if len(text) <= 60 else text[:59] + "…"
