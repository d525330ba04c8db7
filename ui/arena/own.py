"""A person's own photo in the Arena: restored by a few models, and dealt to that person alone."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from models import pixels
from models.card import Card, Task
from models.checkpoints import State
from ratings import raters
from ui.dealing.staging import Owned, Stage
from ui.errors import MismatchError, NothingChosenError
from ui.keeping.readiness import runnable
from ui.wiring.asked import PROGRESS, page_of
from ui.wiring.controls import photo_place, run_and_stop
from ui.wiring.events import INSTANT
from ui.wiring.reporting import one_of
from ui.wiring.stopping import StopFlags
from ui.wiring.working import Locks, Work, wire_work
from ui.words import Words

MODELS = 3
"""So many models restore an own photo: three pairs to vote on."""

TELL_ARENA = """(task, own) => {
  const detail = { task, own, language: 'LANGUAGE' };
  if (own) window.dispatchEvent(new CustomEvent('patina-own', { detail }));
}"""


ABOVE_JS = """(task) => {
  const chosen = document.querySelector('#arena-LANGUAGE [data-task][aria-checked=true]')?.dataset.task;
  return TASKS.includes(chosen) ? chosen : task;
}"""
"""What is to be done begins with the task that is chosen above."""


@dataclass(frozen=True, slots=True)
class OwnPhotos:
    """Prepares own photos; `max_megapixels` is what photos may have at most."""

    stage: Stage
    secret: bytes
    words: Words
    max_megapixels: float
    flags: StopFlags

    def prepare(
        self,
        request: gr.Request,
        progress: gr.Progress = PROGRESS,
        photo: str | None = None,
        task: str = "",
        consent: bool = False,  # noqa: FBT001, FBT002 (a tick box's value)
        browser: str | None = None,
    ) -> tuple[str, str]:
        """Restore `photo` by a few models; return its SHA-256, by which its pairs are dealt, and a sentence.

        A photo that was restored in a restore tab is refused: whoever has seen its results is not blind.
        """
        rater = raters.rater_id(self.secret, browser) if browser else None
        if not photo or rater is None:
            raise NothingChosenError(self.words("run.need_photo"))
        sha256 = pixels.open(photo, max_megapixels=self.max_megapixels).sha256
        if self.stage.stimuli.restored_openly(sha256):
            raise MismatchError(self.words("arena.own_seen"))
        owned = Owned(rater, consent)
        cards = _some(runnable_now(task, self.stage), MODELS)
        with self.flags.running(page_of(request)) as stopped:
            for number, card in enumerate(cards):
                told = one_of(progress, self.words, self.words("arena.own_working"), number, len(cards))
                self.stage.restored(
                    card,
                    Path(photo),
                    owned=owned,
                    max_megapixels=self.max_megapixels,
                    progress=told,
                    stop=stopped,
                )
        return sha256, self.words("arena.own_ready")

    def stop(self, request: gr.Request) -> None:
        """Ask this page's run to stop."""
        self.flags.rise(page_of(request))


def own_part(tasks: Sequence[Task], photos: OwnPhotos, browser: gr.BrowserState) -> None:
    """Make the place for an own photo, below the Arena."""
    words = photos.words
    with gr.Accordion(words("arena.own_title"), open=False) as place:
        gr.Markdown(words("arena.own_help"), elem_classes="small")
        with gr.Row():
            photo = photo_place(
                words,
                label=words("input.photo"),
                alt_text=words("input.photo_alt"),
                height=220,
                elem_id=f"arena-photo-{words.language}",
            )
            with gr.Column():
                task = gr.Radio(
                    [(words(f"tasks.{each}"), str(each)) for each in tasks],
                    value=str(tasks[0]),
                    label=words("arena.own_task"),
                    elem_id=f"arena-own-task-{words.language}",
                )
                consent = gr.Checkbox(label=words("arena.own_consent"), container=False)
                run, stop = run_and_stop(words("arena.own_run"), words)
                done = gr.Markdown(elem_classes="own-status")
    above = ABOVE_JS.replace("LANGUAGE", words.language).replace("TASKS", json.dumps([*map(str, tasks)]))
    place.expand(None, task, task, js=above, **INSTANT)
    own = gr.Textbox(visible="hidden")  # a State's value never reaches the browser
    work = Work(photos.prepare, [photo, task, consent, browser], [own, done], done)
    prepared = wire_work(run.click, work, Locks([run], stop), photos.flags, words("error.title"))
    tell_arena = TELL_ARENA.replace("LANGUAGE", words.language)
    prepared.success(None, [task, own], None, js=tell_arena, **INSTANT)
    stop.click(photos.stop, **INSTANT)


def runnable_now(task: str, stage: Stage) -> list[Card]:
    """Return the models of `task` that can run without a download."""
    return [each.card for each in runnable(task, stage.workshop) if each.state is State.READY]


def _some(cards: Sequence[Card], count: int) -> list[Card]:
    return random.sample(list(cards), min(count, len(cards)))
