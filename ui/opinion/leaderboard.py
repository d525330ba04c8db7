"""The leaderboard tab: what people think of each method, task by task."""

from collections.abc import Sequence

import gradio as gr
from gradio.components import Component

from models.card import Task
from ratings.leaderboard import leaderboard
from ratings.store import Store
from ui.errors import in_words
from ui.opinion.board import board
from ui.wiring.events import INSTANT
from ui.words import Words


def leaderboard_tab(tasks: Sequence[Task], store: Store, words: Words, tab: gr.Tab) -> None:
    """Make the boards of `tasks`; they are read anew whenever the tab is opened."""
    gr.Markdown(
        f"## {words('leaderboard.heading')}\n\n{words('leaderboard.explanation')}", elem_classes="about"
    )
    boards: list[Component] = []
    for task in tasks:
        gr.Markdown(f"### {words(f'tasks.{task}')}")
        boards.append(gr.HTML(board((), words), elem_id=f"board-{task}-{words.language}"))
    refresh = gr.Button(words("leaderboard.refresh"), size="sm", elem_classes="refresh")

    def read() -> list[str]:
        return [board(leaderboard(store, task), words) for task in tasks]

    reading = in_words(read, words("error.title"))
    for event in (tab.select, refresh.click):
        event(reading, None, boards, **INSTANT)
