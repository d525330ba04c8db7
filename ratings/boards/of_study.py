"""One study as a board tells it, whatever its method: graded, or counted as the Arena's votes are."""

from collections.abc import Iterator
from typing import Any

from ratings.boards import telling
from ratings.boards.keeping import board
from ratings.database import Database
from ratings.filters import Filters
from ratings.studies import telling as telling_grades
from ratings.studies.design import Method
from ratings.studies.records import Study
from ratings.studies.results import results


def rows(database: Database, study: Study) -> list[dict[str, Any]]:
    """Return a flat row for each contestant, the best first, fit for JSON. Raises StoreError."""
    if study.design.method is Method.PAIRS:
        return telling.rows(board(database, study.task, filters=Filters(study=study.uid)), study)
    return telling_grades.rows(results(database, study))


def lines(database: Database, study: Study) -> Iterator[str]:
    """Return what came of `study` as lines of text. Raises StoreError."""
    if study.design.method is Method.PAIRS:
        return telling.lines(board(database, study.task, filters=Filters(study=study.uid)), study)
    return telling_grades.lines(results(database, study))
