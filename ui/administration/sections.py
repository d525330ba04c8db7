"""The smaller sections of the administrator's page: downloads, forgetting a rater, counting anew."""

from html import escape

import gradio as gr

from ratings.administration.forgetting import find_rater, kept
from ratings.sharing.export import STUDIES_SUFFIX
from ratings.sharing.formats import FORMATS
from ui.administration.tables import rows_kept, sentence, table
from ui.errors import NothingChosenError
from ui.keeping.office import Office
from ui.wiring.admission import Admission
from ui.wiring.events import HIDDEN
from ui.words import Words


def export_section(admission: Admission, office: Office, words: Words) -> None:
    """Make the section in which all ratings are downloaded."""

    def offer(suffix: str) -> str:
        if suffix not in (*FORMATS, STUDIES_SUFFIX):
            raise NothingChosenError(words("administration.need_format"))
        name = escape(office.export(suffix))
        said = escape(words("administration.download", suffix=suffix))
        link = f'<a class="download" href="patina/administration/{name}" download>{said}</a>'
        return f'<p class="links">{link}</p>{sentence(words("administration.download_help"))}'

    gr.Markdown(words("administration.export_help"), elem_classes="small")
    choices = [*((each, each) for each in FORMATS), (words("administration.studies_file"), STUDIES_SUFFIX)]
    suffix = gr.Radio(choices, value=next(iter(FORMATS)), label=words("administration.format"))
    make = gr.Button(words("administration.export"), variant="primary")
    link = gr.HTML()
    make.click(admission.guarded(offer), [admission.session, suffix], link, **HIDDEN)


def forgetting_section(admission: Admission, office: Office, words: Words) -> None:
    """Make the section in which a rater is forgotten on request."""

    def look(named: str) -> str:
        rater = find_rater(office.secret, named)
        return rows_kept(rater, kept(office.store.database, rater), words)

    def forget(named: str, sure: bool) -> tuple[str, bool]:  # noqa: FBT001 (a tick box's value)
        if not sure:
            raise NothingChosenError(words("administration.need_sure"))
        rater = find_rater(office.secret, named)
        told = sentence(words("administration.forgotten"))
        return told + rows_kept(rater, office.forget(rater), words), False

    gr.Markdown(words("administration.forget_help"), elem_classes="small")
    rater = gr.Textbox(label=words("administration.rater"), max_lines=1, elem_id="administration-forget")
    find = gr.Button(words("administration.look"))
    found = gr.HTML()
    sure = gr.Checkbox(label=words("administration.sure"))
    go = gr.Button(words("administration.forget"), variant="stop")
    find.click(admission.guarded(look), [admission.session, rater], found, **HIDDEN)
    go.click(admission.guarded(forget), [admission.session, rater, sure], [found, sure], **HIDDEN)


def counting_section(admission: Admission, office: Office, words: Words) -> None:
    """Make the section in which boards are counted anew."""

    def recount() -> str:
        head = (words("administration.task"), words("administration.votes"))
        return table(
            head, [(words(f"tasks.{task}"), f"{votes:,}") for task, votes in office.recount().items()]
        )

    gr.Markdown(words("administration.recount_help"), elem_classes="small")
    button = gr.Button(words("administration.recount"))
    told = gr.HTML()
    button.click(admission.guarded(recount), admission.session, told, **HIDDEN)
