"""The columns of a row: one declaration drives the files, their check, the dictionary and the dataset's card.

All kinds of answers share them; what a kind does not have is none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from ratings.judging import Choice
from ratings.records import LICENCE, Defect, Flag
from ratings.sharing.values import (
    BASE64,
    OBJECT,
    TIME,
    TRUTH,
    Type,
    digits,
    number,
    one_of,
    slug,
    some_of,
    text,
    whole,
)
from ratings.studies.design import Kind as TrialKind
from ratings.studies.design import Method

Row = Mapping[str, Any]
"""An answer: each column's value by its name, in the order of COLUMNS; what JSON can say, times as text."""


class Kind(StrEnum):
    """What kind of answer a row is."""

    RATING = "rating"
    """A grade given while trying a model: informal opinion."""
    VOTE = "vote"
    """The choice between two pictures in the Arena."""
    JUDGEMENT = "judgement"
    """An answer in a study."""
    MARK = "mark"
    """A region that was painted on a picture."""


_Kinds = frozenset[Kind]
_NONE: _Kinds = frozenset()
_ALL = frozenset(Kind)
_RATING, _VOTE, _JUDGEMENT, _MARK = (frozenset({kind}) for kind in Kind)
_LOOKED_AT = _VOTE | _JUDGEMENT


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the kinds of rows in which it `may` have a value, and those in which it `must`."""

    name: str
    type: Type
    meaning: str
    may: _Kinds
    must: _Kinds = _NONE

    def empty(self, kind: str) -> object:
        """Return what an empty CSV cell means in a row of `kind`: none, no text, or no words."""
        if kind not in self.must:
            return None
        return {"string": "", "list": []}.get(self.type.arrow)


def _always(name: str, kind: Type, meaning: str, kinds: _Kinds = _ALL) -> Column:
    return Column(name, kind, meaning, kinds, kinds)


_SHA256 = digits(64)
_UID = digits(32)

_WHAT = (
    _always("kind", one_of(tuple(Kind)), "What kind of answer this is."),
    _always("uid", _UID, "The answer's name, the same in every database and file."),
    _always(
        "revision",
        whole(1),
        "Rises when the answer changes: it is taken back, flagged, or replaced by a newer one. "
        "Of rows with the same `uid` the one with the highest revision is true.",
    ),
    Column(
        "task",
        text(),
        "What the model does: `denoise`, `dehaze`, …; none for a mark on a photo.",
        _ALL,
        _ALL - _MARK,
    ),
    Column(
        "rater",
        text(64),
        "A pseudonym: a keyed hash of a random token in the person's browser. The same browser has the same "
        "one; it leads back to no one. None if the answer came from a script.",
        _ALL,
        _JUDGEMENT,
    ),
    _always("licence", one_of((LICENCE,)), "What the person agreed to when answering."),
    Column("flag", one_of(tuple(Flag)), "Why the answer does not count; none if it may.", _ALL),
    _always("reason", text(), "The flag in words: what was found, or what the administrator wrote."),
    _always("answered_at", TIME, "When the answer was given."),
)

_ANSWER = (
    Column(
        "grade",
        whole(1, 5),
        "Of a rating: 5 excellent, 4 good, 3 fair, 2 poor, 1 bad. Of a judgement: on the study's scale, "
        "5 the best.",
        _RATING | _JUDGEMENT,
        _RATING,
    ),
    Column(
        "choice",
        one_of(tuple(Choice)),
        "Which of two pictures is better: `left` is the stimulus, `right` the other.",
        _LOOKED_AT,
        _VOTE,
    ),
    _always("defects", some_of(tuple(Defect)), "Tags for what the person said is wrong.", _RATING),
    _always("comment", text(), "The person's own words, at most 2,000 characters.", _RATING),
    _always(
        "current",
        TRUTH,
        "False once the same person rated the same result again: history, not counted.",
        _RATING,
    ),
    Column(
        "withdrawn_at", TIME, "When the person took the answer back; then it does not count.", _VOTE | _MARK
    ),
    Column("response_ms", whole(0), "Milliseconds from the pictures' appearing to the answer.", _LOOKED_AT),
    _always(
        "viewing",
        OBJECT,
        "How the pictures were looked at, as the page told: size of the window (CSS pixels), device pixel "
        "ratio, zoom, how often it was changed, how often the original was called for.",
        _LOOKED_AT,
    ),
)

_STUDY = (
    _always("study_uid", _UID, "The study's name, the same in every database.", _JUDGEMENT),
    _always("study_title", text(), "The study's title.", _JUDGEMENT),
    _always("study_method", one_of(tuple(Method)), "How it asks (ITU-T P.910).", _JUDGEMENT),
    _always("sitting_uid", _UID, "One person's way through the study.", _JUDGEMENT),
    _always("sitting_row", whole(0), "The row of the balanced design that ordered it.", _JUDGEMENT),
    _always("sitting_pilot", TRUTH, "Whether the study was being tried out.", _JUDGEMENT),
    _always("sitting_checks", OBJECT, "What the checks of screen and eyes found.", _JUDGEMENT),
    _always("sitting_started_at", TIME, "When the person began.", _JUDGEMENT),
    Column(
        "participant",
        text(64),
        "A hash of the outside participant id in the link; not in the dataset on the Hub.",
        _JUDGEMENT,
    ),
    _always("trial", whole(0), "The place of the question in the sitting, from 0.", _JUDGEMENT),
    _always("trial_kind", one_of(tuple(TrialKind)), "What the question was for.", _JUDGEMENT),
)

_REGION = (
    _always("image_sha256", _SHA256, "SHA-256 of the PNG that was painted on.", _MARK),
    Column("image_name", text(), "The gallery's id of that picture; none for a person's own.", _MARK),
    _always("image_width", whole(1), "Its width in pixels.", _MARK),
    _always("image_height", whole(1), "Its height in pixels.", _MARK),
    _always("label", slug(32), "What is there: a defect tag, or `rust`.", _MARK),
    _always("tool", slug(16), "What it was painted with: `brush` or `box`.", _MARK),
    _always("mask", BASE64, "Where: a PNG as large as the picture, white is marked. In base64.", _MARK),
    _always("mask_sha256", _SHA256, "SHA-256 of that PNG.", _MARK),
    _always("share", number(0), "The part of the picture that is marked, above 0, at most 1.", _MARK),
)

MADE = (
    Column("model", text(), "The model's stable id, such as `denoise-median`.", _ALL),
    Column("version", whole(0), "The method's version; rises when equal settings give other pixels.", _ALL),
    Column("weights_sha256", _SHA256, "SHA-256 of the weights; none for a method without.", _ALL),
    Column("settings", OBJECT, "The value of every control.", _ALL),
    Column("default_settings", TRUTH, "Whether these were the model's defaults.", _ALL),
    Column(
        "input_sha256", _SHA256, "SHA-256 of what went in; of a generated image, of its `input_name`.", _ALL
    ),
    Column(
        "input_name",
        text(),
        "The gallery's id of it; none for an own photo; of a generated image its seed.",
        _ALL,
    ),
    Column("output_sha256", _SHA256, "SHA-256 of the result.", _ALL),
    Column("app_version", text(), "The version of Patina that made it.", _ALL),
    Column("device", text(), "The device it ran on.", _ALL),
    Column("seconds", number(0), "How long the run took.", _ALL),
    Column("made_at", TIME, "When it was made.", _ALL),
)
"""How a picture was made, before the prefix."""

SHOWN = (
    Column("shown_sha256", _SHA256, "SHA-256 of the PNG as it was shown.", _ALL),
    Column("original_sha256", _SHA256, "SHA-256 of the PNG of its input; none of a generated image.", _ALL),
    Column("width", whole(1), "Its width in pixels.", _ALL),
    Column("height", whole(1), "Its height in pixels.", _ALL),
    Column("psnr", number(), "PSNR against a clean reference in dB; none without one, or if equal.", _ALL),
    Column("ssim", number(), "SSIM against it.", _ALL),
)
"""What a picture is as it was shown; none of a rating, which is of the result itself."""

OPTIONAL = frozenset({"weights_sha256", "input_name", "original_sha256", "psnr", "ssim"})
"""What a picture need not have."""

STIMULUS, OTHER = "stimulus_", "other_"


def _picture(prefix: str, made: tuple[_Kinds, _Kinds], shown: tuple[_Kinds, _Kinds]) -> tuple[Column, ...]:
    """Return a picture's columns: those `made` and those `shown`, each with kinds that may and that must."""
    return tuple(
        replace(
            column,
            name=f"{prefix}{column.name}",
            may=may,
            must=_NONE if column.name in OPTIONAL else must,
        )
        for columns, (may, must) in ((MADE, made), (SHOWN, shown))
        for column in columns
    )


_SHOWN_KINDS = _ALL - _RATING
COLUMNS: tuple[Column, ...] = (
    *_WHAT,
    *_ANSWER,
    *_picture(STIMULUS, (_ALL, _ALL - _MARK), (_SHOWN_KINDS, _LOOKED_AT)),
    *_picture(OTHER, (_LOOKED_AT, _VOTE), (_LOOKED_AT, _VOTE)),
    *_STUDY,
    *_REGION,
)

UNPUBLISHED: Row = {"participant": None}
"""What is in files that an administrator makes, and not in what everybody may read: who gave out the outside
ids could find people by it."""

BY_NAME: Mapping[str, Column] = {column.name: column for column in COLUMNS}
NAMES = tuple(BY_NAME)
PICTURE = tuple(f"{STIMULUS}{column.name}" for column in (*MADE, *SHOWN))
"""The columns of the picture that was judged."""
