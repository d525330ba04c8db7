"""What is kept about the person who looks at the page, and how that person is forgotten.

The browser's token alone tells who it is, so nobody can ask for another; no name and no address is known.
"""

import gradio as gr

from ratings import raters
from ui.administration.tables import rows_kept, sentence
from ui.errors import NothingChosenError, in_words
from ui.keeping.office import Office
from ui.opinion.rating import RatingActions
from ui.wiring.events import HIDDEN
from ui.words import Words


def own_data(
    office: Office, rating: RatingActions, browser: gr.BrowserState, known: gr.HTML, words: Words
) -> None:
    """Make the fold at the foot of the page. `known` is where the page's scripts find the browser's token."""

    def look(token: object) -> str:
        found = office.kept(token)
        if found is None:
            return sentence(words("own_data.nobody"))
        return rows_kept(*found, words)

    def forget(token: object) -> tuple[str, str, str, dict[str, object], dict[str, object]]:
        rater = raters.rater_id(office.secret, token)
        if rater is None:
            raise NothingChosenError(words("own_data.nobody"))
        number = sum(office.forget(rater).values())
        told = sentence(words("own_data.forgotten", rows=words.counted("row", number)))
        return *rating.welcome(None), told, gr.update(visible=True), gr.update(visible=False)

    with gr.Accordion(words("own_data.title"), open=False, elem_classes="own-data"):
        gr.Markdown(words("own_data.help"), elem_classes="small")
        show = gr.Button(words("own_data.look"), size="sm", elem_classes="refresh")
        told = gr.HTML()
        delete = gr.Button(words("own_data.forget"), size="sm", variant="stop", elem_classes="refresh")
        with gr.Column(visible=False, elem_classes="asking") as asking:
            gr.Markdown(words("own_data.sure"))
            with gr.Row():
                yes = gr.Button(words("own_data.yes"), variant="stop")
                no = gr.Button(words("own_data.no"))
    title = words("error.title")
    swap: list[tuple[gr.Button, bool]] = [(delete, True), (no, False)]
    for button, ask in swap:
        button.click(_asking(ask=ask), None, [delete, asking], **HIDDEN)
    show.click(in_words(look, title), browser, told, **HIDDEN)
    yes.click(in_words(forget, title), browser, [browser, known, told, delete, asking], **HIDDEN)


def _asking(*, ask: bool):  # noqa: ANN202
    return lambda: (gr.update(visible=not ask), gr.update(visible=ask))
