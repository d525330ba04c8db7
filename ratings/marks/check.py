"""What a person may mark: every part is checked here before it comes near the database."""

from dataclasses import dataclass

from ratings.answer import check_licence, check_rater
from ratings.errors import BadMarkError
from ratings.marks import mask
from ratings.marks.labels import Tool, labels_for
from ratings.marks.mask import Mask
from ratings.marks.records import Painted


@dataclass(frozen=True, slots=True)
class Checked:
    """A mark whose every part is fit to be stored."""

    label: str
    tool: Tool
    mask: Mask
    rater: str | None
    licence: str


def check(
    painted: Painted, size: tuple[int, int], task: str | None, rater: object, accepted_licence: object
) -> Checked:
    """Return what was `painted` on a picture of `size` (width, height): a result of `task`, or a photo.

    Raises BadMarkError, BadRatingError: the first part that cannot be stored as it is.
    """
    return Checked(
        label=_check_label(painted.label, task),
        tool=_check_tool(painted.tool),
        mask=mask.check(painted.mask, *size),
        rater=check_rater(rater),
        licence=check_licence(accepted_licence),
    )


def _check_label(label: object, task: str | None) -> str:
    known = labels_for(task)
    if not isinstance(label, str) or label not in known:
        what = "a photo" if task is None else f"a result of '{task}'"
        raise BadMarkError(f"On {what} one marks {', '.join(known)}; got {ascii(label)[:60]}.")
    return label


def _check_tool(tool: object) -> Tool:
    if tool not in tuple(Tool):
        raise BadMarkError(f"A region is marked with one of {', '.join(Tool)}; got {ascii(tool)[:60]}.")
    return Tool(str(tool))
