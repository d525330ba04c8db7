"""What the Leaderboard tab does: a board, or a study's grades, and what stands behind a row."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import gradio as gr

from models import registry
from ratings.boards.evidence import evidence
from ratings.boards.keeping import board
from ratings.boards.records import Reach
from ratings.filters import Filters
from ratings.leaderboard import leaderboard
from ratings.marks.complaints import complaints
from ratings.stimuli import Stimuli
from ratings.store import Store
from ratings.studies.design import Method
from ratings.studies.records import Study
from ratings.studies.results import results
from ratings.studies.studies import Studies
from ui.boards import plots
from ui.boards.evidence import Behind, evidence_of, graded_evidence
from ui.boards.grades import grades_table
from ui.boards.table import board_table
from ui.errors import NothingChosenError
from ui.gallery import Gallery
from ui.opinion.board import board as opinion_table
from ui.wiring.asked import choice_of
from ui.words import Words

EVERY = ""
"""The choice that filters nothing."""

MOST_RIVALS = 2


@dataclass(frozen=True, slots=True)
class BoardActions:
    """What the tab does; `later` counts a task's votes anew in the background."""

    store: Store
    gallery: Gallery
    later: Callable[[str], object]
    words: Words

    def show(
        self, task: str, study: str, kind: str, picture: str, since: str, until: str, reach: Reach
    ) -> tuple[str, str, str, str, str, Any]:
        """Return the table, the two plots, no evidence, the informal opinion, and if `reach` is asked."""
        database, words = self.store.database, self.words
        filters, chosen = self._filters(task, study, kind, picture, since, until)
        opinion = opinion_table(leaderboard(self.store, task), words)
        if chosen is not None and chosen.design.method is not Method.PAIRS:
            graded = results(database, chosen, filters)
            days = plots.votes_by_day(graded.answers_by_day, words)
            return grades_table(graded, words), "", days, "", opinion, gr.update(visible=False)
        found = board(database, task, filters=filters, reach=reach, later=self.later)
        matrix, days = plots.win_matrix(found, words), plots.votes_by_day(found.votes_by_day, words)
        return board_table(found, words), matrix, days, "", opinion, gr.update(visible=True)

    def open(
        self, task: str, study: str, kind: str, picture: str, since: str, until: str, event: gr.EventData
    ) -> str:
        """Return what stands behind the row that was clicked, in what passes the filters."""
        contestant, *rivals = _ids(choice_of(event)) or [0]
        filters, chosen = self._filters(task, study, kind, picture, since, until)
        found = evidence(self.store.database, contestant, filters)
        if found is None:
            return ""
        behind = Behind(
            id=contestant,
            contestant=found.contestant,
            complaints=complaints(self.store.database, contestant),
            titles=self._titles(),
        )
        if chosen is None or chosen.design.method is Method.PAIRS:
            return evidence_of(behind, found, rivals, self.words)
        items = results(self.store.database, chosen, filters).items
        mine = [each for each in items if each.stimulus.contestant_id == contestant]
        return graded_evidence(behind, mine, self.words)

    def choices(self, task: str, study: str, picture: str) -> tuple[Any, Any]:
        """Return the studies and the inputs that can be chosen for `task`; what is chosen stays if it can."""
        titles, every = self._titles(), (self.words("boards.every"), EVERY)
        names = Stimuli(self.store.database).input_names(task)
        votes = (self.words("boards.of_arena"), EVERY)
        studies = [(self._name(each), each.uid) for each in Studies(self.store.database).public(task)]
        inputs = [(titles.get(name, name), name) for name in names]
        return _offered([votes, *studies], study), _offered([every, *inputs], picture)

    def _name(self, study: Study) -> str:
        method = self.words(f"boards.method_{study.design.method}")
        return self.words("boards.of_study", title=study.title, method=method)

    def _titles(self) -> dict[str, str]:
        return {each.id: each.title(self.words.language) for each in self.gallery.examples}

    def _filters(
        self, task: str, study: str, kind: str, picture: str, since: str, until: str
    ) -> tuple[Filters, Study | None]:
        """Return what was chosen, and the study if it is one; raises NoSuchStudyError."""
        chosen = Studies(self.store.database).named(task, study) if study else None
        of_kind = [card.id for card in registry.by_task(task) if card.method == kind]
        filters = Filters(
            study=chosen.uid if chosen else None,
            since=self._day(since),
            until=self._day(until),
            input_name=picture or None,
            models=frozenset(of_kind) if kind else None,
        )
        return filters, chosen

    def _day(self, text: str | None) -> date | None:
        """Return a day as it was typed; nothing typed is no day."""
        typed = (text or "").strip()
        if not typed:
            return None
        try:
            return datetime.strptime(typed, "%Y-%m-%d").date()  # noqa: DTZ007 — a day has no zone
        except ValueError:
            raise NothingChosenError(self.words("boards.bad_day", text=typed[:20])) from None


def _offered(choices: list[tuple[str, str]], chosen: str) -> Any:
    values = [value for _, value in choices]
    return gr.update(choices=choices, value=chosen if chosen in values else EVERY)


def _ids(told: str) -> list[int]:
    """Return the ids that a row tells: its contestant's, and its rivals'; a forged one may tell none."""
    parts = told[:40].split()[: 1 + MOST_RIVALS]
    return [int(each) for each in parts if each.isascii() and each.isdecimal() and len(each) < 10]
