"""What the buttons of the Generate tab do: typed methods over the studio, one instance a language."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from models import registry
from models.card import Value
from models.errors import BadSettingError
from models.generator import CLASS, TRUNCATION
from models.latents import DIRECTIONS, LARGEST_SEED
from models.method import Generator
from ui import reporting, sheets
from ui.actions import PROGRESS, chosen_picture, page_of
from ui.errors import NothingChosenError
from ui.made import Made, Sheet
from ui.stopping import StopFlags
from ui.studio import Studio
from ui.words import Words

FIRST_SEED = 1

NEW_SEEDS = 2**32
"""New seeds are below it: short enough to be typed."""

Choice = tuple[Any, ...]
"""The image's token, that its part is shown, the image, whether it can be nudged, the sliders."""


def read_seed(text: object) -> int:
    """Return the seed that a person typed.

    Raises BadSettingError: it is no whole number from 0 to 2⁶⁴ − 1.

    >>> read_seed(" 7 ")
    7
    """
    typed = str(text).strip()
    if not typed.isascii() or not typed.isdigit() or len(typed) > 20 or int(typed) > LARGEST_SEED:
        raise BadSettingError(
            f"A seed is a whole number from 0 to {LARGEST_SEED}; got '{ascii(typed)[1:-1][:40]}'."
        )
    return int(typed)


@dataclass(frozen=True, slots=True)
class GenerateActions:
    """The handlers of the Generate tab."""

    studio: Studio
    flags: StopFlags
    words: Words

    # ---- seeds

    def same_seed(self, seed: str, earlier: list[str]) -> tuple[str, list[str]]:
        """Remember the seed that is typed, and keep it."""
        typed = str(read_seed(seed))
        return typed, earlier if earlier[-1:] == [typed] else [*earlier, typed]

    def new_seed(self, seed: str, earlier: list[str]) -> tuple[str, list[str]]:
        """Return another seed, by chance."""
        del seed
        drawn = str(secrets.randbelow(NEW_SEEDS))
        return drawn, [*earlier, drawn]

    def previous_seed(self, seed: str, earlier: list[str]) -> tuple[str, list[str]]:
        """Return the seed before the last one; before the first there is none."""
        del seed
        if len(earlier) < 2:
            raise NothingChosenError(self.words("generate.no_previous"))
        return earlier[-2], earlier[:-1]

    # ---- making

    def make(
        self,
        request: gr.Request,
        progress: gr.Progress = PROGRESS,
        models: Sequence[str] = (),
        seed: str = "",
        count: int = 1,
        truncation: float = 1.0,
        kind: str | None = None,
    ) -> Iterator[Choice]:
        """Make images with each of `models` from the same seeds; show each sheet as soon as it is there."""
        if not models:
            raise NothingChosenError(self.words("generate.need_model"))
        flag = self.flags.lower(page_of(request))
        done: list[Sheet] = []
        for number, model in enumerate(models):
            title = self.words.title(registry.get(model))
            preparing = reporting.preparation(progress, self.words)

            def told(
                step: str, share: float, number: int = number, title: str = title, preparing: Any = preparing
            ) -> None:
                preparing(step, share)
                if step == "method":
                    progress((number + share) / len(models), desc=title)

            sheet = self.studio.make(
                model,
                seed=read_seed(seed),
                count=int(count),
                settings=_settings(model, truncation, kind),
                progress=told,
                stop=flag.is_set,
            )
            done.append(sheet)
            yield (sheets.sheets(done, self.words), *self._no_choice())

    def stop(self, request: gr.Request) -> None:
        """Ask this page's run to stop."""
        self.flags.rise(page_of(request))

    # ---- choosing, nudging

    def choose(self, event: gr.EventData) -> Choice:
        """Show the image that was clicked."""
        return self._choice(self.studio.made(chosen_picture(event)))

    def nudge(self, token: str, *nudges: float) -> tuple[str, str]:
        """Make the chosen image anew, moved along the directions that vary most."""
        made = self.studio.nudged(self._needed(token), nudges)
        return made.token, sheets.chosen(made, self.words)

    def _choice(self, image: Made) -> Choice:
        build = registry.get(image.model).build
        can_nudge = isinstance(build, Generator) and bool(build.first_layer)
        nudges = [*image.nudges, *[0.0] * DIRECTIONS][:DIRECTIONS]
        return (
            image.token,
            gr.update(visible=True),
            sheets.chosen(image, self.words),
            gr.update(visible=can_nudge),
            *nudges,
        )

    def _no_choice(self) -> Choice:
        return ("", gr.update(visible=False), "", gr.update(visible=False), *[0.0] * DIRECTIONS)

    # ---- walking

    def begin_here(self, token: str, start: str, end: str) -> tuple[str, str, str]:
        """Let a walk begin at the chosen image."""
        del start
        return self._ends(self._needed(token), end)

    def end_here(self, token: str, start: str, end: str) -> tuple[str, str, str]:
        """Let a walk end at the chosen image."""
        del end
        return self._ends(start, self._needed(token))

    def walk(
        self, request: gr.Request, progress: gr.Progress = PROGRESS, start: str = "", end: str = ""
    ) -> str:
        """Make the walk and show it."""
        if not start or not end:
            raise NothingChosenError(self.words("generate.need_ends"))
        flag = self.flags.lower(page_of(request))
        told = reporting.whole_run(progress, self.words)
        return sheets.walk(self.studio.walk(start, end, progress=told, stop=flag.is_set), self.words)

    def _ends(self, start: str, end: str) -> tuple[str, str, str]:
        one, other = (self.studio.made(token) if token else None for token in (start, end))
        return start, end, sheets.ends(one, other, self.words)

    def _needed(self, token: str) -> str:
        if not token:
            raise NothingChosenError(self.words("generate.need_image"))
        return token


def _settings(model: str, truncation: float, kind: str | None) -> dict[str, Value]:
    """Return what is asked of `model`: the class only of one that has classes."""
    names = {control.name for control in registry.get(model).controls}
    asked: dict[str, Value] = {TRUNCATION: truncation}
    if kind:
        asked[CLASS] = kind
    return {name: value for name, value in asked.items() if name in names}
