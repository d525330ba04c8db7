"""The API: named endpoints for scripts (gradio_client) and for MCP clients. The page does not use them.

Endpoints that take a file use Gradio's own components, which only hand over what was uploaded; the others
are plain functions.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import gradio as gr
from gradio.components.api_component import Api
from gradio.data_classes import FileData
from gradio.events import api
from gradio_client.utils import python_type_to_json_schema

from models import registry, runner
from models.card import RESTORING, Task, Value
from models.checkpoints import State
from models.errors import BadSettingError
from models.generator import LARGEST_COUNT
from models.hint import read_hint
from models.order import Order
from ratings.boards import of_study, telling
from ratings.boards.keeping import board
from ratings.leaderboard import TITLE as TITLE_OF_OPINION
from ratings.leaderboard import leaderboard
from ratings.records import LICENCE
from ratings.studies.studies import Studies
from ui import routes, words
from ui.dealing.reveal import told
from ui.errors import NothingChosenError, UnknownTaskError, in_words
from ui.generating.actions import read_seed
from ui.house import House
from ui.keeping.readiness import runnable, state
from ui.keeping.served import Served
from ui.wiring.events import AT_ONCE, ENGINE
from ui.wiring.lending import lend
from ui.wiring.photo_input import PhotoInput

TITLE = "Patina"
OBJECT = python_type_to_json_schema(dict[str, Any])
OBJECTS = python_type_to_json_schema(list[dict[str, Any]])
NUMBERS = python_type_to_json_schema(list[float])
NUMBER_OR_TEXT: dict[str, Any] = {"anyOf": [{"type": "integer"}, {"type": "string"}]}
"""JavaScript rounds whole numbers beyond 2⁵³, so that a seed may be sent as text."""


def endpoints(house: House, *, mcp: bool) -> None:
    """Declare the endpoints inside the Blocks that is being built.

    Gradio makes every documented endpoint a tool. A program's opinion is no human judgement, so with `mcp`
    what takes opinions is left out of the documentation; scripts may call it all the same.
    """
    calls = Calls(house)
    for call in (calls.models, calls.leaderboard, calls.health):
        api(_said(call), api_name=call.__name__, queue=False)
    for call in (calls.rate, calls.next_pair, calls.vote):
        hidden = "undocumented" if mcp else "public"
        api(_said(call), api_name=call.__name__, queue=False, api_visibility=hidden)
    with gr.Group(visible=False):
        image = PhotoInput(type="filepath", image_mode=None)
        model = gr.Textbox()
        settings = Api({}, OBJECT)  # gr.JSON's own schema, "type": {}, is refused by MCP clients
        hint = PhotoInput(type="filepath", image_mode=None)
        task = gr.Textbox()
        file = gr.File()
        provenance = Api(None, OBJECT)
        results = Api(None, OBJECTS)
        engine: dict[str, Any] = {"concurrency_id": ENGINE, "concurrency_limit": AT_ONCE}
        gr.Button().click(
            _said(calls.restore),
            [image, model, settings, hint],
            [file, provenance],
            api_name="restore",
            **engine,
        )
        seed, count = Api(0, NUMBER_OR_TEXT), Api(4, NUMBER_OR_TEXT)
        nudges = Api([], NUMBERS)
        files = gr.File(file_count="multiple")
        gr.Button().click(
            _said(calls.generate),
            [model, seed, count, settings, nudges],
            [files, results],
            api_name="generate",
            **engine,
        )
        gr.Button().click(_said(calls.compare), [image, task], results, api_name="compare", **engine)


class Calls:
    """The endpoints' functions; their docstrings are what API and MCP clients read."""

    def __init__(self, house: House) -> None:
        self._house = house

    def models(self) -> list[dict[str, Any]]:
        """List every model: id, task, method, title, ready, state, licence, summary, weights and settings.

        One whose takes_hint is true can be shown where to look. One whose state is to-download runs, too; its
        weights are fetched at its first run.
        """
        return [registry.as_json(card, state(card, self._house.desk.workshop)) for card in registry.cards()]

    def restore(
        self, image: str | None, model: str, settings: object, hint: str | None = None
    ) -> tuple[str, dict[str, Any]]:
        """Restore a photo in full quality.

        Args:
            image: The photo; JPEG, PNG, WebP, TIFF, BMP, HEIC or AVIF.
            model: A model's id, as /models lists them, such as denoise-median.
            settings: Values by setting name, {} for none; what is left out is the model's default.
            hint: What was painted over the photo, for the models whose takes_hint is true; a picture of the
                photo's size or shape, white where rust is, black where none is, else grey or transparent.

        Returns:
            The restored file, and its provenance with a result_token for /rate.
        """
        desk = self._house.desk
        marks = read_hint(hint, max_megapixels=desk.max_megapixels) if hint else None
        order = Order(model=model, settings=_by_name(settings), hint=marks)
        runner.check(order)  # before the photo is decoded and kept
        served = desk.run(desk.admit(_given(image)), order)
        return lend(desk.file(served)), dict(served.provenance)

    def generate(
        self, model: str, seed: object, count: object, settings: object, nudges: object = None
    ) -> tuple[list[str], list[dict[str, Any]]]:
        """Make images from random numbers.

        Args:
            model: A generator's id, as /models lists them, such as generate-fashion-modern.
            seed: Of the first image, a whole number from 0 to 2⁶⁴ − 1, as a number or as text; the next
                images have the next ones.
            count: How many, from 1 to 1024; fewer of large images.
            settings: Values by setting name, {} for none; what is left out is the model's default.
            nudges: How far to move each image along the directions that vary most, the first, the second, …,
                each from −4 to 4; may be left out.

        Returns:
            The files, PNG, and for each its provenance with a result_token for /rate.
        """
        studio = self._house.studio
        sheet = studio.make(
            model,
            seed=read_seed(seed),
            count=_count(count),
            settings=_by_name(settings),
            nudges=_numbers(nudges),
        )
        return [lend(studio.file(each)) for each in sheet.images], [
            dict(each.provenance) for each in sheet.images
        ]

    def compare(self, image: str | None, task: str) -> list[dict[str, Any]]:
        """Restore a photo with every model of a task that is ready, at default settings.

        Args:
            image: The photo.
            task: denoise, dehaze or derust.

        Returns:
            For each model the restored file and its provenance, as /restore returns them.
        """
        desk = self._house.desk
        offered = runnable(_known(task, RESTORING), desk.workshop)
        ready = [each for each in offered if each.state is State.READY]
        photo = desk.admit(_given(image))
        return [self._as_json(desk.run(photo, Order(model=each.card.id))) for each in ready]

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

    def next_pair(self, task: str) -> dict[str, Any]:
        """Deal two results of the same input, unnamed, for /vote.

        Args:
            task: denoise, dehaze, derust or generate.

        Returns:
            A token, the files left and right, and the original; null for generated images.
        """
        ring = self._house.ring
        ring.backstage.tend()
        deal = ring.dealer.deal(_known(task, (*RESTORING, Task.GENERATE)), None)
        return {
            "token": deal.token,
            "left": self._picture(deal.left.shown_sha256),
            "right": self._picture(deal.right.shown_sha256),
            "original": self._picture(deal.left.original_sha256),
        }

    def vote(self, token: str, choice: str) -> dict[str, Any]:
        """Answer a pair; it is stored, marked as coming from the API, and not counted.

        By voting you agree that the vote is published under CC BY 4.0.

        Args:
            token: Of the pair, as /next_pair gave it; it is good for one vote.
            choice: left, right, tie or both-bad.

        Returns:
            The names, settings and running scores of both sides.
        """
        ring = self._house.ring
        vote = ring.arena.vote(token, None, choice, accepted_licence=LICENCE)
        return told(vote, ring.scores, words.load("en"))

    def leaderboard(self, task: str, study: str = "") -> list[dict[str, Any]]:
        """Return how the models of a task stand: by blind votes and by informal opinion, or in one study.

        Args:
            task: denoise, dehaze, derust or generate.
            study: The uid of a study, or how it begins; the empty text for the blind votes.

        Returns:
            Rows whose kind is Arena, best first: score, 95 % interval, ranks, votes; then rows whose kind is
            Informal opinion: mean grade, 95 % interval, n. With a study, rows whose kind is Study alone.
        """
        known, store = _known(task, (*RESTORING, Task.GENERATE)), self._house.desk.store
        if study:
            return of_study.rows(store.database, Studies(store.database).named(known, study))
        opinion = [
            {"kind": TITLE_OF_OPINION, **asdict(row.contestant), **asdict(row.opinion)}
            for row in leaderboard(store, known)
        ]
        return [*telling.rows(board(store.database, known)), *opinion]

    def health(self) -> dict[str, Any]:
        """Return status, version and the number of models."""
        return routes.health()

    def _picture(self, sha256: str | None) -> dict[str, Any] | None:
        """Return a picture as a file whose name tells nothing."""
        if sha256 is None:
            return None
        return FileData(path=lend(self._house.ring.stage.pictures.file(sha256))).model_dump()

    def _as_json(self, served: Served) -> dict[str, Any]:
        file = FileData(path=lend(self._house.desk.file(served)), orig_name=served.file)
        return {"file": file.model_dump(), "provenance": dict(served.provenance)}


def _known(task: str, of: Sequence[Task]) -> str:
    """Return `task` if it is one of those `of` which there are models; raises UnknownTaskError."""
    there = {card.task for card in registry.cards()}
    tasks = tuple(str(each) for each in of if each in there)
    if task not in tasks:
        raise UnknownTaskError(task, tasks)
    return task


def _given(image: str | None) -> Path:
    if image is None:
        raise NothingChosenError("Expected a photo; got none. Upload one and name it as the image.")
    return Path(image)


def _count(count: object) -> int:
    """Return how many images are asked for, as a number or as text; the generator knows the range."""
    whole = isinstance(count, int | float | str) and str(count).removesuffix(".0").isdecimal()
    if not whole or isinstance(count, bool) or len(str(count)) > 12:
        raise BadSettingError(f"Expected a count from 1 to {LARGEST_COUNT}; got {ascii(count)[:40]}.")
    return int(str(count).removesuffix(".0"))


_FAR = 1e9
"""Larger numbers are not even told: some cannot become floats."""


def _numbers(nudges: object) -> list[float]:
    """Return nudges as the numbers they should be; the generator knows their range."""
    given = nudges if nudges is not None else []
    if not isinstance(given, list) or not all(
        isinstance(each, int | float) and not isinstance(each, bool) and abs(each) < _FAR
        for each in cast("list[object]", given)
    ):
        raise BadSettingError(
            f"Expected nudges as a list of numbers, such as [1.5, -2]; got {ascii(nudges)[:60]}."
        )
    return [float(each) for each in cast("list[int | float]", given)]


def _by_name(settings: object) -> dict[str, Value]:
    """Return settings as the object they should be; none at all mean the defaults."""
    if settings is None:
        return {}
    if not isinstance(settings, dict):
        raise BadSettingError(
            f'Expected settings as an object by name, such as {{"size": 5}}; got {ascii(settings)[:60]}.'
        )
    return cast("dict[str, Value]", settings)


def _said(call: Callable[..., Any]) -> Callable[..., Any]:
    return in_words(call, TITLE)
