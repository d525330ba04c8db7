"""What the buttons of a restore tab do: typed methods over the desk, one instance a tab and language."""

import filecmp
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import gradio as gr

from models import registry
from models.hint import Hint
from models.order import Order
from ui.choosing import knobs
from ui.choosing.knobs import Panel
from ui.errors import GoneError, NothingChosenError
from ui.gallery import Gallery
from ui.keeping.desk import Desk
from ui.keeping.region import region_around
from ui.keeping.served import Admitted, Served
from ui.restoring import fragments, strokes
from ui.restoring.batch import Batch, restore_all
from ui.wiring import reporting
from ui.wiring.asked import PROGRESS, choice_of, page_of
from ui.wiring.lending import lend
from ui.wiring.stopping import StopFlags
from ui.words import Words

PhotoView = tuple[str, str | None, str]
"""The photo's token, the picture in the place for it, the facts below it."""

CanvasView = tuple[Any, Any]
"""What is on the painting's canvas, and the token of the photo it shows."""

ResultView = tuple[str, dict[str, Any], str, str, str, str, int]
"""The result's token, that its part is shown, viewer, facts, links, stages, the blend slider's per cent."""


@dataclass(frozen=True, slots=True)
class Actions:
    """The handlers of one restore tab."""

    desk: Desk
    gallery: Gallery
    words: Words
    panels: Sequence[Panel]
    flags: StopFlags = field(default_factory=StopFlags)

    # ---- choosing a photo

    def take(self, path: str | None, current: str) -> PhotoView:
        """Admit the photo a person dropped, pasted or took; with None, empty its place.

        When a person takes away a photo that the server had placed, Gradio first sends that very picture.
        """
        if path is None or self._shows(path, current):
            return self.no_photo()
        return self.photo_view(self.desk.admit(Path(path)))

    def take_example(self, event: gr.EventData) -> PhotoView:
        """Admit the example that was clicked."""
        return self.photo_view(self.desk.admit_example(self.gallery.get(choice_of(event))))

    def take_result(self, token: str) -> PhotoView:
        """Admit a result as the next photo."""
        served = self.desk.served(self._needed_result(token))
        return self.photo_view(self.desk.admit(self.desk.file(served), name=served.photo.name))

    def no_photo(self) -> PhotoView:
        """Empty the place for the photo."""
        return "", None, fragments.photo_facts(None, self.words)

    def photo_view(self, photo: Admitted) -> PhotoView:
        """Show an admitted photo."""
        return photo.token, lend(Path(photo.preview)), fragments.photo_facts(photo, self.words)

    def place(self, token: str, event: gr.SelectData) -> tuple[float, float]:
        """Return where in the photo a person clicked, in per cent from the left and from the top."""
        if not token:
            return 50.0, 50.0
        height, width = self.desk.preview_size(self.desk.photo(token))
        return round(100 * event.index[0] / width, 1), round(100 * event.index[1] / height, 1)

    # ---- painting a hint

    def open_canvas(self, token: str, shown: str) -> CanvasView:
        """Lay the photo onto the canvas, unless it is there: what is painted on it stays."""
        if token and token == shown:
            return gr.skip(), gr.skip()
        return self._canvas(self._admitted(token, None), [])

    def empty_canvas(self, token: str) -> CanvasView:
        """Take away all that was painted, and lay the photo onto the canvas anew."""
        return self._canvas(self._admitted(token, None), [])

    def begin_with_mask(self, token: str, result: str) -> CanvasView:
        """Paint what the last run of this photo found."""
        photo = self._admitted(token, None)
        served = self.desk.served(result) if result else None
        if served and served.blend_of:
            served = self.desk.served(served.blend_of)
        if served is None or served.photo.token != token:
            raise NothingChosenError(self.words("paint.need_result"))
        layer = strokes.found(served, self.desk.shelf.find(served.token))
        if layer is None:
            raise NothingChosenError(self.words("paint.no_mask"))
        return self._canvas(photo, [layer])

    def no_canvas(self) -> tuple[Any, Any, str]:
        """Close the painting and forget it: another photo was chosen."""
        return gr.update(open=False), gr.update(value=None, visible=False), ""

    def _canvas(self, photo: Admitted, layers: Sequence[Path]) -> CanvasView:
        value = {
            "background": lend(strokes.canvas(photo)),
            "layers": [lend(layer) for layer in layers],
            "composite": None,
        }
        return gr.update(value=value, visible=True), photo.token

    # ---- running

    def restore(
        self,
        request: gr.Request,
        progress: gr.Progress = PROGRESS,
        photo: str = "",
        reference: str | None = None,
        model: str = "",
        hint: Hint | None = None,
        *values: Any,
    ) -> ResultView:
        """Restore the whole photo with the chosen method, its knobs, and what was painted."""
        admitted = self._admitted(photo, reference)
        return self._run(request, progress, admitted, self._order(model, values, hint))

    def try_region(
        self,
        request: gr.Request,
        progress: gr.Progress = PROGRESS,
        photo: str = "",
        reference: str | None = None,
        model: str = "",
        hint: Hint | None = None,
        across: float = 50,
        down: float = 50,
        *values: Any,
    ) -> ResultView:
        """Restore a region around (`across`, `down`), both in per cent."""
        admitted = self._admitted(photo, reference)
        region = region_around(admitted, across / 100, down / 100)
        order = replace(self._order(model, values, hint), window=region)
        return self._run(request, progress, admitted, order)

    def compare(
        self,
        request: gr.Request,
        progress: gr.Progress = PROGRESS,
        photo: str = "",
        reference: str | None = None,
        models: Sequence[str] = (),
    ) -> Iterator[str]:
        """Restore the photo with several methods at their defaults; show each as soon as it is there."""
        admitted = self._admitted(photo, reference)
        results: list[Served] = []
        with self.flags.running(page_of(request)) as stopped:
            for number, model in enumerate(models):
                title = self.words.title(registry.get(model))
                progress(number / len(models), desc=title)
                preparing = reporting.preparation(progress, self.words)
                order = Order(model=model)
                results.append(self.desk.run(admitted, order, progress=preparing, stop=stopped))
                yield fragments.comparison(results, self.words, admitted.name)

    def open_compared(self, event: gr.EventData) -> ResultView:
        """Show a compared result in the viewer."""
        return self.result_view(self.desk.served(choice_of(event)))

    def batch(
        self,
        request: gr.Request,
        progress: gr.Progress = PROGRESS,
        files: Sequence[str] | None = None,
        model: str = "",
        *values: Any,
    ) -> tuple[str, str]:
        """Restore several photos; return the zip's path and a report."""
        if not files:
            raise NothingChosenError(self.words("run.need_photo"))
        with (
            self.flags.running(page_of(request)) as stopped,
            self.desk.shelf.filling(f"batch-{token_urlsafe(12)}") as folder,
        ):
            batch = restore_all(
                [Path(file) for file in files],
                self._order(model, values),
                folder,
                restore=self.desk.restore,
                max_megapixels=self.desk.max_megapixels,
                progress=lambda share, name: progress(share, desc=name),
                preparing=reporting.preparation(progress, self.words),
                stop=stopped,
            )
        return lend(batch.archive), self._report(batch)

    def blend(self, token: str, per_cent: float) -> ResultView:
        """Mix a result with its photo; no model is run."""
        served = self.desk.blend(self._needed_result(token), per_cent / 100)
        return (*self.result_view(served)[:-1], int(per_cent))

    def stop(self, request: gr.Request) -> None:
        """Ask this page's run to stop."""
        self.flags.rise(page_of(request))

    # ---- showing

    def result_view(self, served: Served) -> ResultView:
        """Show a result."""
        return (
            served.token,
            gr.update(visible=True),
            fragments.viewer(served, self.words),
            fragments.facts(served, self.words),
            fragments.links(served, self.words),
            fragments.stages(served, self.words),
            100,
        )

    def _run(
        self,
        request: gr.Request,
        progress: gr.Progress,
        photo: Admitted,
        order: Order,
    ) -> ResultView:
        told = reporting.whole_run(progress, self.words)
        with self.flags.running(page_of(request)) as stopped:
            return self.result_view(self.desk.run(photo, order, progress=told, stop=stopped))

    def _order(self, model: str, values: Sequence[Any], hint: Hint | None = None) -> Order:
        """Return what is asked for; what was painted while another model was chosen is left out."""
        painted = hint if registry.get(model).takes_hint else None
        return Order(model=model, settings=knobs.settings(self.panels, model, values), hint=painted)

    def _report(self, batch: Batch) -> str:
        lines = [self.words("batch.done", done=batch.done, total=batch.done + len(batch.failed))]
        if batch.failed:
            lines += [self.words("batch.failed"), *(f"- {sentence}" for sentence in batch.failed)]
        return "\n".join(lines)

    def _shows(self, path: str, token: str) -> bool:
        """Tell whether the file at `path` is the shown picture of the photo `token`, if that is kept."""
        try:
            return bool(token) and filecmp.cmp(path, self.desk.photo(token).preview, shallow=False)
        except (GoneError, FileNotFoundError):
            return False

    def _admitted(self, token: str, reference: str | None) -> Admitted:
        if not token:
            raise NothingChosenError(self.words("run.need_photo"))
        return self.desk.with_reference(self.desk.photo(token), Path(reference) if reference else None)

    def _needed_result(self, token: str) -> str:
        if not token:
            raise NothingChosenError(self.words("rating.need_result"))
        return token
