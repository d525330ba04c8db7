"""The five-grade scale under a result, and what happens when a person answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import gradio as gr
from gradio.components import Component

from models.card import Task
from ratings import raters
from ratings.answer import COMMENT_LIMIT
from ratings.records import LICENCE, Defect, Grade
from ratings.store import Store
from ratings.tombstones import is_forgotten
from ui.errors import NothingChosenError, in_words
from ui.wiring.events import HIDDEN
from ui.words import Words

FOREIGN = {
    Defect.RESIDUAL_HAZE: (Task.DENOISE, Task.DERUST, Task.GENERATE),
    Defect.MISSED_RUST: (Task.DENOISE, Task.DEHAZE, Task.GENERATE),
    Defect.HALO: (Task.GENERATE,),
    Defect.INVENTED_DETAIL: (Task.GENERATE,),
    Defect.TILE_SEAM: (Task.GENERATE,),
    Defect.BROKEN_SHAPE: (Task.DENOISE, Task.DEHAZE, Task.DERUST),
}
"""Tags that make no sense for some tasks."""


@dataclass(frozen=True, slots=True)
class RatingPanel:
    """The components of one rating form."""

    grade: gr.Radio
    defects: gr.CheckboxGroup
    comment: gr.Textbox
    accept: gr.Checkbox
    send: gr.Button
    thanks: gr.Markdown

    @property
    def answers(self) -> list[Component]:
        """Return the components that are emptied for a new result."""
        return [self.grade, self.defects, self.comment, self.thanks]


def rating_panel(task: Task, words: Words) -> RatingPanel:
    """Make the form for results of `task`: grade, tags, comment, agreement, button."""
    with gr.Column(elem_classes="rating"):
        gr.HTML(f"<h3>{words('rating.title')}</h3>")
        grade = gr.Radio(
            [(words(f"rating.{each.label}"), int(each)) for each in Grade],
            label=words("rating.grade"),
            elem_classes="grades",
        )
        defects = gr.CheckboxGroup(
            [(words(f"defects.{each}"), str(each)) for each in Defect if task not in FOREIGN.get(each, ())],
            label=words("rating.defects"),
        )
        comment = gr.Textbox(
            label=words("rating.comment"),
            placeholder=words("rating.comment_placeholder"),
            max_length=COMMENT_LIMIT,
            lines=1,
            max_lines=4,
        )
        licence = "rating.licence_generate" if task is Task.GENERATE else "rating.licence"
        gr.Markdown(words(licence), elem_classes="small")
        with gr.Row(equal_height=True, elem_classes="send"):
            accept = gr.Checkbox(label=words("rating.accept"), container=False, scale=3, min_width=240)
            send = gr.Button(words("rating.send"), variant="secondary", scale=1, min_width=160)
        thanks = gr.Markdown(elem_classes="thanks")
    return RatingPanel(grade, defects, comment, accept, send, thanks)


@dataclass(frozen=True, slots=True)
class RatingActions:
    """What the rating form does. `secret` signs the tokens by which browsers are known again."""

    store: Store
    secret: bytes
    words: Words

    def welcome(self, browser: str | None) -> tuple[str, str]:
        """Return the browser's own token, or a new one if this server signed none, or forgot its rater.

        It is returned twice: to be kept, and as an empty element in which the page's scripts find it.
        """
        known = browser and raters.rater_id(self.secret, browser)
        stays = known and not is_forgotten(self.store.database, known)
        token = browser if browser and stays else raters.new_token(self.secret)
        return token, f'<span data-token="{escape(token)}"></span>'

    def rate(
        self,
        result: str,
        browser: str | None,
        grade: int | None,
        defects: Sequence[str],
        comment: str,
        accepted: bool,  # noqa: FBT001 (a tick box's value)
    ) -> str:
        """Store a rating and say thanks, in that order."""
        if not result:
            raise NothingChosenError(self.words("rating.need_result"))
        if grade is None:
            raise NothingChosenError(self.words("rating.need_grade"))
        if not accepted:
            raise NothingChosenError(self.words("rating.need_acceptance"))
        rater = raters.rater_id(self.secret, browser) if browser else None
        rating = self.store.rate(result, rater, grade, defects, comment, accepted_licence=LICENCE)
        thanks = self.words("rating.thanks", grade=self.words(f"rating.{rating.grade.label}"))
        return thanks if rating.result.default_settings else f"{thanks} {self.words('rating.not_ranked')}"

    def nothing(self) -> tuple[None, list[str], str, str]:
        """Empty the form's answers."""
        return None, [], "", ""


def wire_rating(
    panel: RatingPanel, token: gr.State, browser: gr.BrowserState, actions: RatingActions
) -> None:
    """Let `panel` rate the result that `token` stands for; a new result empties it."""
    token.change(actions.nothing, None, panel.answers, **HIDDEN)
    panel.send.click(
        in_words(actions.rate, actions.words("error.title")),
        [token, browser, panel.grade, panel.defects, panel.comment, panel.accept],
        panel.thanks,
        **HIDDEN,
    )
