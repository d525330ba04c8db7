"""The section that tells whether answers reach the dataset, and sends what waits."""

from datetime import datetime

import gradio as gr

from ratings.sharing.publisher import Status
from ui.administration.tables import sentence, table
from ui.keeping.office import Office
from ui.wiring.admission import Admission
from ui.wiring.events import HIDDEN
from ui.words import Words


def sharing_section(admission: Admission, office: Office, words: Words) -> None:
    """Make the section."""

    def look() -> str:
        if office.publisher is None:
            return sentence(office.unshared or words("administration.sharing_off"))
        return _told(office.publisher.status(), words)

    def send() -> str:
        if office.publisher is not None:
            office.publisher.ask()
        return look()

    gr.Markdown(words("administration.sharing_help"), elem_classes="small")
    with gr.Row():
        show = gr.Button(words("administration.look"))
        now = gr.Button(words("administration.sharing_now"), variant="primary")
    told = gr.HTML()
    show.click(admission.guarded(look), admission.session, told, **HIDDEN)
    now.click(admission.guarded(send), admission.session, told, **HIDDEN)


def _told(status: Status, words: Words) -> str:
    """Return how publishing goes, as a table; the sentence of a failure is the Hub's and ours, in English."""
    rows = [
        (words("administration.sharing_repo"), status.repo),
        (words("administration.sharing_waiting"), f"{status.waiting:,}"),
        (words("administration.sharing_to_forget"), f"{status.to_forget:,}"),
        (words("administration.sharing_success"), _when(status.last_success)),
        (words("administration.sharing_failed_at"), _when(status.failed_at)),
        (words("administration.sharing_failure"), status.last_failure or "–"),
    ]
    reading = sentence(words("administration.sharing_reading")) if status.reading else ""
    head = (words("administration.what"), words("administration.sharing_state"))
    return reading + table(head, rows)


def _when(time: datetime | None) -> str:
    return "–" if time is None else f"{time:%Y-%m-%d %H:%M:%S} UTC"
