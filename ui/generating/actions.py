"""What the buttons of the Generate tab do: typed methods over the studio, one instance a language."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from models import registry
from models.card import Value
from models.errors import BadSettingError
from models.generator import CLASS, TRUNCATION
from models.latents import DIRECTIONS, LARGEST_SEED, effective
from models.method import Generator
from ui.errors import NothingChosenError
from ui.generating import sheets
from ui.keeping.made import Made, Sheet
from ui.keeping.studio import Studio
from ui.wiring import reporting
from ui.wiring.asked import PROGRESS, choice_of, page_of
from ui.wiring.stopping import StopFlags
from ui.words import Words

FIRST_SEED = 1

NEW_SEEDS = 2**32
"""New seeds are below it: short enough to be typed."""

Seeds = tuple[str, list[str]]

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
    words: Words
    making: StopFlags = field(default_factory=StopFlags)
    walking: StopFlags = field(default_factory=StopFlags)

    # ---- seeds: each returns the seed to be used, and all that were there until it, with it as the last

    def same_seed(self, seed: str, earlier: list[str]) -> Seeds:
        """Keep the seed that is typed."""
        typed = str(read_seed(seed))
        return typed, earlier if earlier[-1:] == [typed] else [*earlier, typed]

    def new_seed(self, seed: str, earlier: list[str]) -> Seeds:
        """Return another seed, by chance; the one that is typed is an earlier one then."""
        drawn = str(secrets.randbelow(NEW_SEEDS))
        with suppress(BadSettingError):
            _, earlier = self.same_seed(seed, earlier)
        return drawn, [*earlier, drawn]

    def previous_seed(self, seed: str, earlier: list[str]) -> Seeds:
        """Return the seed before the one that is typed; before the first there is none."""
        before = earlier[:-1] if earlier[-1:] == [seed.strip()] else earlier
        if not before:
            raise NothingChosenError(self.words("generate.no_previous"))
        return before[-1], before

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
        first = read_seed(seed)
        done: list[Sheet] = []
        with self.making.running(page_of(request)) as stopped:
            for model in models:
                title = self.words.title(registry.get(model))
                sheet = self.studio.make(
                    model,
                    seed=first,
                    count=int(count),
                    settings=_settings(model, truncation, kind),
                    progress=reporting.one_of(progress, self.words, title, len(done), len(models)),
                    stop=stopped,
                )
                done.append(sheet)
                yield (sheets.sheets(done, self.words), *self._no_choice())

    def stop(self, request: gr.Request) -> None:
        """Ask this page's run to stop."""
        self.making.rise(page_of(request))

    # ---- choosing, nudging

    def choose(self, event: gr.EventData) -> Choice:
        """Show the image that was clicked."""
        return self._choice(self.studio.made(choice_of(event)))

    def nudge(self, token: str, *nudges: float) -> tuple[Any, Any]:
        """Make the chosen image anew, moved along the directions that vary most; if it is not there yet."""
        chosen = self.studio.made(self._needed(token))
        if effective(nudges) == chosen.nudges:
            return gr.skip(), gr.skip()
        moved = self.studio.nudged(token, nudges)
        return moved.token, sheets.chosen(moved, self.words)

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

    def begin_here(self, token: str, end: str) -> tuple[str, str]:
        """Let a walk begin at the chosen image; return its token, and both ends as pictures."""
        return self._needed(token), self._ends(token, end)

    def end_here(self, token: str, start: str) -> tuple[str, str]:
        """Let a walk end at the chosen image; return its token, and both ends as pictures."""
        return self._needed(token), self._ends(start, token)

    def walk(
        self, request: gr.Request, progress: gr.Progress = PROGRESS, start: str = "", end: str = ""
    ) -> str:
        """Make the walk and show it."""
        if not start or not end:
            raise NothingChosenError(self.words("generate.need_ends"))
        told = reporting.whole_run(progress, self.words)
        with self.walking.running(page_of(request)) as stopped:
            return sheets.walk(self.studio.walk(start, end, progress=told, stop=stopped), self.words)

    def stop_walk(self, request: gr.Request) -> None:
        """Ask this page's walk to stop."""
        self.walking.rise(page_of(request))

    def _ends(self, start: str, end: str) -> str:
        one, other = (self.studio.made(token) if token else None for token in (start, end))
        return sheets.ends(one, other, self.words)

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
