"""The administrator's section of studies: made, tried out, opened, closed, read; every handler is guarded."""

import csv
import secrets
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from models import registry
from ratings.boards.keeping import board
from ratings.filters import Filters
from ratings.stimuli import Stimuli
from ratings.studies.design import Method, State
from ratings.studies.records import Participant
from ratings.studies.results import results
from ratings.studies.sittings import participant_hash
from ratings.studies.studies import Studies
from ui import gallery
from ui.boards.grades import grades_table
from ui.boards.table import board_table
from ui.errors import NothingChosenError
from ui.keeping.office import Office
from ui.studies.form import FIELDS, study_form, wish_of
from ui.studies.holes import holes
from ui.studies.making import design_of
from ui.studies.stimuli import Prop
from ui.studies.tables import studies_table
from ui.wiring.admission import Admission
from ui.wiring.events import HIDDEN
from ui.words import Words

COPY_JS = (Path(__file__).parent / "copy.js").read_text(encoding="utf-8")

COLUMNS = tuple(Participant.__dataclass_fields__)


def study_section(admission: Admission, office: Office, words: Words) -> None:
    """Make the section."""
    work = Work(office, words)
    gr.Markdown(words("studies.help"), elem_classes="small")
    form = study_form(words)
    refresh = gr.Button(words("leaderboard.refresh"), size="sm", elem_classes="refresh")
    listed = gr.HTML(elem_classes="boards-place", elem_id=f"studies-{words.language}", js_on_load=COPY_JS)
    with gr.Row():
        chosen = gr.Dropdown([], label=words("studies.choose"), elem_id=f"study-{words.language}")
        state = gr.Radio(
            [(words(f"studies.state_{each}"), str(each)) for each in State], label=words("studies.state")
        )
    with gr.Row():
        put = gr.Button(words("studies.put"))
        read = gr.Button(words("studies.results"), variant="primary")
        people = gr.Button(words("studies.participants"))
    shown = gr.HTML()
    with gr.Accordion(words("studies.outside"), open=False):
        outside = gr.Textbox(show_label=False, container=False, max_lines=1)
        look_up = gr.Button(words("studies.look_up"), size="sm", elem_classes="refresh")
        hashed = gr.HTML()
    offered = [form.fields["models"], form.fields["pictures"]]
    form.task.change(admission.guarded(work.offered), [admission.session, form.task], offered, **HIDDEN)
    form.make.click(
        admission.guarded(work.make),
        [admission.session, *form.fields.values()],
        [listed, chosen],
        **HIDDEN,
    )
    listing = admission.guarded(work.listing)
    admission.session.change(
        admission.if_admitted(work.listing), admission.session, [listed, chosen], **HIDDEN
    )
    refresh.click(listing, admission.session, [listed, chosen], **HIDDEN)
    put.click(admission.guarded(work.put), [admission.session, chosen, state], [listed, chosen], **HIDDEN)
    read.click(admission.guarded(work.read), [admission.session, chosen], shown, **HIDDEN)
    people.click(admission.guarded(work.participants), [admission.session, chosen], shown, **HIDDEN)
    look_up.click(admission.guarded(work.hash), [admission.session, chosen, outside], hashed, **HIDDEN)


class Work:
    """What the section does."""

    def __init__(self, office: Office, words: Words) -> None:
        self.words = words
        self._office = office
        self._studies = Studies(office.store.database)

    def listing(self) -> tuple[str, Any]:
        """Return all studies as a table, and as choices."""
        found = self._studies.all()
        choices = [(f"{each.title} · {each.uid[:8]}", each.uid) for each in found]
        table = studies_table([(each, self._studies.progress(each.uid)) for each in found], self.words)
        return table, gr.update(choices=choices, value=choices[0][1] if choices else None)

    def offered(self, task: str) -> tuple[Any, Any]:
        """Return the models of `task` that have results, and its pictures; complete pictures are chosen.

        Beside each of the others stands how many results of it are not made yet.
        """
        there = Stimuli(self._office.store.database).of_task(task)
        models = dict.fromkeys(each.contestant.model for each in there)
        examples = [each.id for each in gallery.load().by_task_name(task)]
        pictures = dict.fromkeys([*examples, *(each.input_name for each in there if each.input_name)])
        missing = holes(task, models, pictures, there).by_picture()
        titles = [(self.words.title(registry.get(model)), model) for model in models]
        named = [(self._named(picture, missing[picture], len(models)), picture) for picture in pictures]
        complete = [picture for picture in pictures if models and not missing[picture]]
        return gr.update(choices=titles, value=list(models)), gr.update(choices=named, value=complete)

    def _named(self, picture: str, missing: int, models: int) -> str:
        """Return a picture's name, and how many of its results are not made yet."""
        if not missing:
            return picture
        return self.words("studies.not_made", picture=picture, missing=missing, models=models)

    def make(self, *values: Any) -> tuple[str, Any]:
        """Make a study of what the form's fields say; return all studies."""
        told: dict[str, Any] = dict(zip(FIELDS, values, strict=True))
        if not (told["title"] and told["task"] and told["method"]):
            raise NothingChosenError(self.words("studies.need_fields"))
        store = self._office.store
        prop = Prop(store, Stimuli(store.database), self._office.pictures)
        design = design_of(wish_of(told), prop, gallery.load(), secrets.randbelow(2**31))
        self._studies.make(told["title"], told["task"], design)
        return self.listing()

    def put(self, uid: str | None, state: str | None) -> tuple[str, Any]:
        """Put a study into another state; return all studies."""
        if not state:
            raise NothingChosenError(self.words("studies.need_state"))
        self._studies.change(self._needed(uid), State(state))
        return self.listing()

    def read(self, uid: str | None) -> str:
        """Return what came of a study."""
        study, database = self._studies.get(self._needed(uid)), self._office.store.database
        if study.design.method is Method.PAIRS:
            found = board(database, study.task, filters=Filters(study=study.uid))
            return board_table(found, self.words, opens=False)
        return grades_table(results(database, study), self.words, opens=False)

    def participants(self, uid: str | None) -> str:
        """Return a link to a CSV file of who took part, outside ids as hashes."""
        found = self._studies.participants(self._needed(uid))

        def write(file: Path) -> None:
            with file.open("w", encoding="utf-8", newline="") as stream:
                table = csv.DictWriter(stream, COLUMNS)
                table.writeheader()
                table.writerows(asdict(each) for each in found)

        name = self._office.downloads.offer(".csv", write)
        said = escape(self.words("administration.download", suffix=".csv"))
        link = f'<a class="download" href="patina/administration/{name}" download>{said}</a>'
        return f'<p class="links">{link}</p>'

    def hash(self, uid: str | None, outside: str) -> str:
        """Return the hash under which an outside participant id is kept in a study."""
        study = self._studies.get(self._needed(uid))
        hashed = participant_hash(self._office.secret, study.uid, (outside or "").strip())
        return f"<p><code>{hashed}</code></p>"

    def _needed(self, uid: str | None) -> str:
        if not uid:
            raise NothingChosenError(self.words("studies.need_study"))
        return uid
