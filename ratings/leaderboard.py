"""How models stand in people's opinion: the one place where the store meets the statistics.

These are grades given while trying models on pictures of one's own choice: informal opinion. They are never
merged with the scores of blind comparisons or studies.
"""

from collections import defaultdict
from dataclasses import dataclass

from ratings.records import Contestant
from ratings.statistics.mean_opinion import MeanOpinion, mean_opinion
from ratings.store import Store

TITLE = "Informal opinion"


@dataclass(frozen=True, slots=True)
class Row:
    """One contestant and what people think of it."""

    contestant: Contestant
    opinion: MeanOpinion


def leaderboard(store: Store, task: str) -> tuple[Row, ...]:
    """Return the contestants of `task` that have ranked ratings, the best mean first.

    Ranked are current ratings, by a rater, of results made with default settings (`Store.ranked`). Rows with
    overlapping intervals are in no proven order. Equal means stand in the order of their names.

    Raises StoreError: the database cannot be read.
    """
    grades = defaultdict[Contestant, list[int]](list)
    raters = defaultdict[Contestant, list[str]](list)
    for contestant, rater, grade in store.ranked(task):
        grades[contestant].append(grade)
        raters[contestant].append(rater)
    rows = [Row(each, mean_opinion(grades[each], raters[each])) for each in grades]
    return tuple(sorted(rows, key=_place))


def _place(row: Row) -> tuple[float, str, int, str]:
    who = row.contestant
    return -row.opinion.score, who.model, -who.version, who.weights_sha256 or ""
