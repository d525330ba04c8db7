"""The API: named endpoints for scripts (gradio_client) and for MCP clients. The page does not use them.

Endpoints that take a file use Gradio's own components, which only hand over what was uploaded; the others
are plain functions.
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData
from gradio.events import api

from models import registry
from models.card import Task
from models.errors import UnknownModelError
from ratings.leaderboard import leaderboard
from ratings.records import LICENCE
from ui import routes
from ui.errors import in_words
from ui.photo_input import PhotoInput
from ui.restore import AT_ONCE, ENGINE, House
from ui.served import Served

TITLE = "Patina"


def endpoints(house: House) -> None:
    """Declare the endpoints inside the Blocks that is being built."""
    calls = Calls(house)
    for name in ("models", "rate", "leaderboard", "health"):
        api(_said(getattr(calls, name)), api_name=name, queue=False)
    with gr.Group(visible=False):
        image = PhotoInput(type="filepath", image_mode=None)
        model = gr.Textbox()
        settings = gr.JSON({})
        task = gr.Textbox()
        file = gr.File()
        provenance = gr.JSON()
        results = gr.JSON()
        engine: dict[str, Any] = {"concurrency_id": ENGINE, "concurrency_limit": AT_ONCE}
        gr.Button().click(
            _said(calls.restore), [image, model, settings], [file, provenance], api_name="restore", **engine
        )
        gr.Button().click(_said(calls.compare), [image, task], results, api_name="compare", **engine)


class Calls:
    """The endpoints' functions; their docstrings are what API and MCP clients read."""

    def __init__(self, house: House) -> None:
        self._house = house

    def models(self) -> list[dict[str, Any]]:
        """List every model: id, task, method, title, ready, licence, summary and settings."""
        return [registry.as_json(card) for card in registry.cards()]

    def restore(self, image: str, model: str, settings: dict[str, Any] | None) -> tuple[str, dict[str, Any]]:
        """Restore a photo in full quality.

        Args:
            image: The photo; JPEG, PNG, WebP, TIFF, BMP, HEIC or AVIF.
            model: A model's id, as /models lists them, such as denoise-median.
            settings: Values by setting name; what is left out is the model's default.

        Returns:
            The restored file, and its provenance with a result_token for /rate.
        """
        desk = self._house.desk
        photo = desk.admit(Path(image))
        served = desk.run(photo, model, settings or {})
        return str(desk.file(served)), dict(served.provenance)

    def compare(self, image: str, task: str) -> list[dict[str, Any]]:
        """Restore a photo with every model of a task, at default settings.

        Args:
            image: The photo.
            task: denoise, dehaze or derust.

        Returns:
            For each model the restored file and its provenance, as /restore returns them.
        """
        cards = registry.by_task(task)
        if not cards:
            raise UnknownModelError(task, [str(each) for each in Task])
        desk = self._house.desk
        photo = desk.admit(Path(image))
        return [self._as_json(desk.run(photo, card.id, {})) for card in cards]

    def rate(self, result_token: str, grade: int, defects: list[str], comment: str) -> dict[str, Any]:
        """Rate a result; it is stored, marked as coming from the API, and not ranked.

        By rating you agree that the rating is published under CC BY 4.0.

        Args:
            result_token: From the provenance of a result.
            grade: 5 excellent, 4 good, 3 fair, 2 poor, 1 bad.
            defects: Tags of what is wrong, such as halo; may be empty.
            comment: At most 2000 characters; may be empty.

        Returns:
            What was stored.
        """
        rating = self._house.desk.store.rate(
            result_token, None, grade, defects, comment, accepted_licence=LICENCE
        )
        return {"id": rating.id, "grade": int(rating.grade), "flag": rating.flag, "licence": rating.licence}

    def leaderboard(self, task: str) -> list[dict[str, Any]]:
        """Return the informal opinion of the models of a task: mean grade, 95 % interval, n.

        Args:
            task: denoise, dehaze or derust.

        Returns:
            Rows, best mean first.
        """
        return [
            {**asdict(row.contestant), **asdict(row.opinion)}
            for row in leaderboard(self._house.desk.store, task)
        ]

    def health(self) -> dict[str, Any]:
        """Return status, version and the number of models."""
        return routes.health()

    def _as_json(self, served: Served) -> dict[str, Any]:
        file = FileData(path=str(self._house.desk.file(served)), orig_name=served.file)
        return {"file": file.model_dump(), "provenance": dict(served.provenance)}


def _said(call: Callable[..., Any]) -> Callable[..., Any]:
    return in_words(call, TITLE)
