"""A study as a line of its own file: what is in it, and what is wrong with somebody else's.

The design speaks of stimuli by their places in the line's list of pictures; their numbers in a database mean
nothing outside of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from ratings.errors import BadRowError, BadStudyError
from ratings.sharing.checking import NEEDED
from ratings.sharing.columns import BY_NAME, PICTURE, STIMULUS, Row
from ratings.sharing.values import TIME, Type, digits, one_of, text, whole
from ratings.studies.design import Design, Method, State, read_design
from ratings.studies.studies import LONGEST_TITLE

MOST_PICTURES = 4300
"""A design has at most 2,000 items and 150 others, each of at most two."""


@dataclass(frozen=True, slots=True)
class Part:
    """One plain part of the line: every line has it."""

    name: str
    type: Type
    meaning: str


PARTS = (
    Part("uid", digits(32), "The study's name, `study_uid` of its answers."),
    Part(
        "revision",
        whole(1),
        "Rises when the state changes; of lines with the same `uid` the highest is true.",
    ),
    Part("title", text(LONGEST_TITLE), "The study's title."),
    Part("task", text(), "What the judged models do, such as `denoise`."),
    Part("method", one_of(tuple(Method)), "How it asks (ITU-T P.910)."),
    Part(
        "state",
        one_of(tuple(State)),
        "Whether people could begin: `draft` and `closed` no, `pilot` as a trial, `open`.",
    ),
    Part("made_at", TIME, "When it was made; from then on its design is frozen."),
    Part("changed_at", TIME, "When it was last put into another state."),
)
DESIGN, STIMULI = "design", "stimuli"

IN_DESIGN: Mapping[str, str] = {
    "method": "As above.",
    "items": "What is judged: `stimulus`, for pairs and DCR also `other` (right side; clean reference), both "
    "as places in `stimuli`, from 0; the sides of pairs are drawn for each person.",
    "training": "The same, shown beforehand.",
    "gold": "The same, with the `expected` grade or choice.",
    "traps": "Items that say themselves what to answer, with that as `expected`.",
    "order": "`balanced` (rows of a Latin square) or `random`.",
    "minutes": "How long a session lasts before a break.",
    "break_minutes": "How long the break lasts.",
    "quota": "How many people may take part.",
    "checks": "What is looked at beforehand: `screen-width`, `zoom`, `colour-plate`, `brightness`.",
    "instructions": "What people are told, in `en` and `zh`; empty: the page's own words.",
    "consent": "What they agree to, likewise.",
    "completion_code": "What they are told in the end; not in the dataset on the Hub.",
    "return_url": "Where they are sent in the end; not in the dataset on the Hub.",
    "participant_parameters": "Under which names a link may bring an outside participant id.",
    "seed": "What the orders are drawn from.",
    "withheld": "True if `gold` and `traps` were left out, since people still answer.",
}
"""The parts of a design."""
NAMES = (*(part.name for part in PARTS), DESIGN, STIMULI)


def check_study(told: Mapping[str, object]) -> Row:
    """Return the study that was `told`, by the names in NAMES; `design` is a Design.

    Raises BadRowError: the first thing that is wrong with it.
    """
    unknown = sorted(told.keys() - set(NAMES))
    if unknown:
        raise BadRowError(
            f"a study's parts must be those of docs/ratings-data.md; found {ascii(unknown[0])[:60]}"
        )
    study: dict[str, Any] = {part.name: part.type.read(part.name, told.get(part.name)) for part in PARTS}
    study[DESIGN] = _design(told.get(DESIGN), study["method"])
    study[STIMULI] = _pictures(told.get(STIMULI))
    shown = study[DESIGN].stimuli
    if shown != set(range(len(study[STIMULI]))):
        raise BadRowError(f"design must show each of the {len(study[STIMULI])} stimuli; found others")
    return study


def _design(told: object, method: str) -> Design:
    if not isinstance(told, dict):
        raise BadRowError(f"design must be an object; found {ascii(told)[:40]}")
    try:
        design = read_design(cast("dict[str, object]", told))
    except BadStudyError as error:
        raise BadRowError(f"design must be one that can be used; found {str(error).rstrip('.')}") from error
    if design.method != method:
        raise BadRowError(f"design must be of method {method}; found {design.method}")
    return design


def _pictures(told: object) -> list[Row]:
    if not isinstance(told, list) or len(cast("list[object]", told)) > MOST_PICTURES:
        raise BadRowError(f"stimuli must be a list of at most {MOST_PICTURES:,}; found {ascii(told)[:40]}")
    return [_picture(each) for each in cast("list[object]", told)]


def _picture(told: object) -> Row:
    names = set(cast("dict[str, object]", told)) if isinstance(told, dict) else set[str]()
    if names != set(PICTURE):
        raise BadRowError(f"each of stimuli must have the parts {PICTURE[0]} to {PICTURE[-1]}; found others")
    given = cast("dict[str, object]", told)
    return {name: _value(name, given[name]) for name in PICTURE}


def _value(name: str, value: object) -> object:
    if value is None and name.removeprefix(STIMULUS) not in NEEDED:
        return None
    return BY_NAME[name].type.read(name, value)
