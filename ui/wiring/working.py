"""How a button does long work: other buttons are locked meanwhile, one stops it, and progress is shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from ui.errors import in_words
from ui.wiring.asked import page_of
from ui.wiring.events import AT_ONCE, ENGINE, INSTANT, PRIVATE
from ui.wiring.stopping import StopFlags


@dataclass(frozen=True, slots=True)
class Locks:
    """The buttons that are locked while something runs, and the one that stops it."""

    starters: Sequence[gr.Button]
    stop: gr.Button

    @property
    def buttons(self) -> list[gr.Button]:
        """All of them."""
        return [*self.starters, self.stop]

    def set(self, *, running: bool) -> list[Any]:
        """Return what changes about each of `buttons` when something begins, or has ended."""
        return [gr.update(interactive=not running)] * len(self.starters) + [gr.update(interactive=running)]


@dataclass(frozen=True, slots=True)
class Work:
    """Something that takes the engine's time; `shows_progress` is where that is shown."""

    handler: Callable[..., Any]
    inputs: list[Component]
    outputs: list[Component]
    shows_progress: Component


def wire_work(
    begin: Callable[..., Dependency], work: Work, locks: Locks, flags: StopFlags, title: str
) -> Dependency:
    """When `begin` happens lock the buttons, do the work, unlock them whatever came of it; return the work.

    `flags` are those that the work looks at; `title` stands above what goes wrong.
    """

    def lock(request: gr.Request) -> list[Any]:
        flags.expect(page_of(request))
        return locks.set(running=True)

    started = begin(lock, None, locks.buttons, **INSTANT)
    worked = started.then(
        in_words(work.handler, title),
        work.inputs,
        work.outputs,
        concurrency_id=ENGINE,
        concurrency_limit=AT_ONCE,
        show_progress_on=work.shows_progress,
        **PRIVATE,
    )
    for ended in (worked.success, worked.failure):  # in Gradio 6.31 `then` does not follow a failure
        ended(lambda: locks.set(running=False), None, locks.buttons, **INSTANT)
    return worked
