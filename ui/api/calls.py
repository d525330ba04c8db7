"""What the endpoints do: photos, settings and answers in; files, provenance and names out."""

from dataclasses import asdict
from typing import Any

from gradio.data_classes import FileData

from models import registry, runner
from models.card import RESTORING, Task
from models.checkpoints import State
from models.hint import read_hint
from models.order import Order
from ratings.boards import of_study, telling
from ratings.boards.keeping import board
from ratings.leaderboard import TITLE as TITLE_OF_OPINION
from ratings.leaderboard import leaderboard
from ratings.records import LICENCE
from ratings.studies.studies import Studies
from ui import routes, words
from ui.api.arguments import given_photo, image_count, known_task, nudge_numbers, settings_by_name
from ui.dealing.reveal import told
from ui.generating.actions import read_seed
from ui.house import House
from ui.keeping.readiness import runnable, state
from ui.keeping.served import Served
from ui.wiring.lending import lend


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
        order = Order(model=model, settings=settings_by_name(settings), hint=marks)
        runner.check(order)  # before the photo is decoded and kept
        served = desk.run(desk.admit(given_photo(image)), order)
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
            count=image_count(count),
            settings=settings_by_name(settings),
            nudges=nudge_numbers(nudges),
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
        offered = runnable(known_task(task, RESTORING), desk.workshop)
        ready = [each for each in offered if each.state is State.READY]
        photo = desk.admit(given_photo(image))
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
        deal = ring.dealer.deal(known_task(task, (*RESTORING, Task.GENERATE)), None)
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
        """Return how the models of a task stand: by blind votes and opinion, or in one closed study.

        Args:
            task: denoise, dehaze, derust or generate.
            study: The uid of a closed study, or how it begins; the empty text for the blind votes.

        Returns:
            Rows whose kind is Arena, best first: score, 95 % interval, ranks, votes; then rows whose kind is
            Informal opinion: mean grade, 95 % interval, n. With a study, rows whose kind is Study alone.
        """
        known, store = known_task(task, (*RESTORING, Task.GENERATE)), self._house.desk.store
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
