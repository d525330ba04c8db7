"""The administrator's page: the door, and behind it what an administrator can do."""

from collections.abc import Callable
from html import escape

import gradio as gr
from gradio.components.navbar import Navbar

from ratings.administration.passwords import LONGEST
from ui.administration.answers import AnswersSection
from ui.administration.sections import counting_section, export_section, forgetting_section
from ui.errors import in_words
from ui.keeping.office import Office
from ui.studies.manage import study_section
from ui.wiring.admission import Admission
from ui.wiring.events import HIDDEN, INSTANT
from ui.words import Words

PATHS = {"en": "admin", "zh": "admin-zh"}
"""Where the page is, by language."""

SECTIONS: tuple[tuple[str, Callable[[Admission, Office, Words], None]], ...] = (
    ("studies.title", study_section),
    ("administration.export_title", export_section),
    ("administration.forget_title", forgetting_section),
    ("administration.recount_title", counting_section),
)
"""What stands beside the answers: a title's key, and what makes the section; its every handler is guarded."""


def administration_page(office: Office, words: Words, blocks: gr.Blocks) -> None:
    """Make the page, or the sentence that says how it is switched on. Call it inside a route of `blocks`."""
    Navbar(visible=False, main_page_name=False)
    gr.HTML(_masthead(words))
    if office.sessions is None:
        gr.Markdown(words("administration.off"), elem_classes="about")
        return
    admission = Admission(office.sessions, words)
    with gr.Column(elem_classes="door") as door:
        password = gr.Textbox(
            label=words("administration.password"),
            type="password",
            max_lines=1,
            max_length=LONGEST,
            autofocus=True,
            elem_id="administration-password",
        )
        enter = gr.Button(words("administration.log_in"), variant="primary")
    with gr.Column(visible=False) as rooms:
        leave = gr.Button(words("administration.log_out"), size="sm", elem_classes="refresh")
        answers = _rooms(admission, office, words)

    def let_in() -> tuple[gr.Column, gr.Column, str]:
        return gr.Column(visible=False), gr.Column(visible=True), answers.read()

    entering = gr.on(
        [enter.click, password.submit],
        in_words(admission.log_in, words("error.title")),
        [password, admission.session],
        [admission.session, password],
        **HIDDEN,
    )
    for event in (blocks.load, entering.success):
        event(admission.if_admitted(let_in), admission.session, [door, rooms, answers.overview], **INSTANT)
    leaving = leave.click(
        in_words(admission.log_out, words("error.title")), admission.session, None, **INSTANT
    )
    leaving.then(None, js="() => location.reload()")  # so that nothing of what was shown stays


def _rooms(admission: Admission, office: Office, words: Words) -> AnswersSection:
    with gr.Tabs(elem_classes="rooms"):
        with gr.Tab(words("administration.answers_title")):
            answers = AnswersSection(admission, office, words)
        for title, section in SECTIONS:
            with gr.Tab(words(title)):
                section(admission, office, words)
    return answers


def _masthead(words: Words) -> str:
    other = words("administration.other_language_path")
    return f"""<header class="masthead"><h1>{escape(words("administration.title"))}</h1>
    <p>{escape(words("administration.tagline"))}</p>
    <nav><a class="language" href="{other}">{escape(words("page.other_language"))}</a>
    <a href=".">{escape(words("administration.back"))}</a></nav></header>"""
