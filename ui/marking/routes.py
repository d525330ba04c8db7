"""The Mark tab over plain HTTP: pictures to mark, what was painted on them, maps. Its script calls it.

Nothing here names the model of a picture that is being marked: pictures are found by keys that tell nothing.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from models import registry
from ratings import raters
from ratings.marks.coco import run_lengths
from ratings.marks.mask import MOST_BYTES
from ratings.marks.records import Painted
from ui import words
from ui.errors import GoneError
from ui.gallery import Gallery
from ui.marking.easel import Easel, Marked
from ui.marking.subjects import Subject
from ui.wiring.answers import bare_png
from ui.wiring.refusing import BROWSER, answered, refused
from ui.words import Words

LONGEST_TEXT = 65_536
LARGEST_PHOTO = 64_000_000
"""Bytes of what a page sends: of JSON, and of an own photo."""

MOST_SKIPPED = 500
LARGEST_NUMBER = 2**31 - 1
"""Of a row; PostgreSQL refuses larger ones."""

MOST = "X-Patina-Most"
"""The header with the highest share in a model's map, in [0, 1]."""

KEPT = {"Cache-Control": "private, max-age=86400, immutable", "X-Content-Type-Options": "nosniff"}
_ANEW = {**KEPT, "Cache-Control": "no-cache"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request: by whom, what path and query say, and its body."""

    rater: str | None
    said: Mapping[str, str]
    body: bytes

    @property
    def language(self) -> str:
        """Return the language of the page that asks."""
        return "zh" if self.said.get("language") == "zh" else "en"


@dataclass(frozen=True, slots=True)
class _Answers:
    """What each route answers."""

    easel: Easel

    def following(self, asked: _Asked) -> Response:
        """Offer the next picture to mark; the body lists keys that were skipped.

        Without one, tell how many results are made of how many, or nothing if all are marked.
        """
        task = asked.said.get("task", "")
        subject = self.easel.next(task, asked.rater, _keys(asked.body))
        if subject is None:
            return JSONResponse({"picture": None, "waiting": self.easel.waiting(task)})
        return JSONResponse({"picture": _told(self.easel, subject, asked)})

    def chosen(self, asked: _Asked) -> Response:
        """Tell of the picture with a key."""
        subject = self.easel.subjects.find(asked.said["key"], asked.rater)
        return JSONResponse({"picture": _told(self.easel, subject, asked)})

    def own(self, asked: _Asked) -> Response:
        """Take in an own photo."""
        return JSONResponse({"picture": _told(self.easel, self.easel.subjects.admit(asked.body), asked)})

    def picture(self, asked: _Asked) -> Response:
        """Send a picture, or what it was made from."""
        subject = self.easel.subjects.find(asked.said["key"], asked.rater)
        files = {"picture.png": subject.file, "original.png": subject.original}
        file = files.get(asked.said["side"])
        if file is None:
            raise GoneError
        return bare_png(file, KEPT)

    def mark(self, asked: _Asked) -> Response:
        """Keep a mark; the body is its mask."""
        said = asked.said
        kept = self.easel.mark(
            said["key"],
            Painted(said.get("label", ""), said.get("tool", ""), asked.body),
            asked.rater,
            accepted_licence=said.get("licence"),
            consent=said.get("consent") == "yes",
        )
        return JSONResponse({"uid": kept.uid, "flag": kept.flag})

    def take_back(self, asked: _Asked) -> Response:
        """Take back a mark."""
        self.easel.take_back(asked.said["uid"], asked.rater, wholly=asked.said.get("wholly") == "yes")
        return JSONResponse({})

    def marked(self, asked: _Asked) -> Response:
        """List the results of a task that people have marked."""
        speaking, gallery = words.load(asked.language), self.easel.subjects.gallery
        found = [_shown(each, gallery, speaking) for each in self.easel.marked(asked.said["task"])]
        return JSONResponse({"pictures": found})

    def heat(self, asked: _Asked) -> Response:
        """Send a result under its map."""
        png = self.easel.heat_picture(_number(asked.said["stimulus"]), asked.said.get("label") or None)
        return Response(png, media_type="image/png", headers=_ANEW)

    def model_heat(self, asked: _Asked) -> Response:
        """Send the mean of a contestant's maps; a header tells the highest share in it."""
        contestant, label = _number(asked.said["contestant"]), asked.said.get("label") or None
        png, most = self.easel.model_picture(contestant, label)
        return Response(png, media_type="image/png", headers={**_ANEW, MOST: f"{most:.3f}"})


def marking_routes(easel: Easel, secret: bytes) -> list[Route]:
    """Return the routes; their work is done in threads, so that none holds up the page."""
    answers = _Answers(easel)

    def of(work: Callable[[_Asked], Response], most: int = LONGEST_TEXT) -> Callable[[Request], Any]:
        async def handle(request: Request) -> Response:
            body = await _body(request, most)
            if body is None:
                sentence = f"Expected at most {most:,} bytes."
                return refused("too-large", sentence, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            rater = raters.rater_id(secret, request.headers.get(BROWSER))
            asked = _Asked(rater, {**request.query_params, **request.path_params}, body)
            return await answered(lambda: work(asked))

        return handle

    return [
        Route("/patina/marking/next", of(answers.following), methods=["POST"]),
        Route("/patina/marking/own", of(answers.own, LARGEST_PHOTO), methods=["POST"]),
        Route("/patina/marking/picture/{key}", of(answers.chosen)),
        Route("/patina/marking/picture/{key}/mark", of(answers.mark, MOST_BYTES + 1), methods=["POST"]),
        Route("/patina/marking/picture/{key}/{side}", of(answers.picture)),
        Route("/patina/marking/mark/{uid}", of(answers.take_back), methods=["DELETE"]),
        Route("/patina/marking/heat/{task}", of(answers.marked)),
        Route("/patina/marking/heat/{task}/{stimulus:int}.png", of(answers.heat)),
        Route("/patina/marking/model/{contestant:int}.png", of(answers.model_heat)),
    ]


def _told(easel: Easel, subject: Subject, asked: _Asked) -> dict[str, Any]:
    """Return what the page may know of a picture: nothing of whose it is, but what this person marked."""
    mine = [
        {"uid": each.uid, "label": each.label, "tool": each.tool, "counts": run_lengths(each.plane())}
        for each in easel.mine(subject, asked.rater)
    ]
    return {
        "key": subject.key,
        "width": subject.width,
        "height": subject.height,
        "title": _title(easel.subjects.gallery, subject.name, asked.language),
        "labels": subject.labels,
        "original": subject.original is not None,
        "own": subject.own,
        "mine": mine,
    }


def _shown(marked: Marked, gallery: Gallery, speaking: Words) -> dict[str, Any]:
    """Return what a map is told with; the names of models are no secret there."""
    stimulus = marked.stimulus
    known = {card.id: card for card in registry.cards()}
    model = stimulus.contestant.model
    return {
        "stimulus": stimulus.id,
        "model": speaking.title(known[model]) if model in known else model,
        "title": _title(gallery, stimulus.input_name, speaking.language),
        "width": stimulus.width,
        "height": stimulus.height,
        "raters": marked.raters,
        "labels": marked.labels,
    }


def _title(gallery: Gallery, name: str | None, language: str) -> str:
    example = next((each for each in gallery.examples if each.id == name), None)
    return example.title(language) if example else name or ""


def _number(told: object) -> int:
    """Return a row's number, which the path has as text or as a number.

    Raises GoneError: no database can have it.
    """
    number = int(str(told))
    if number > LARGEST_NUMBER:
        raise GoneError
    return number


def _keys(body: bytes) -> frozenset[str]:
    """Return the keys in a JSON list; none where it is not one."""
    try:
        told: object = json.loads(body or b"[]")
    except (ValueError, RecursionError):
        return frozenset()
    listed = cast("list[object]", told) if isinstance(told, list) else []
    return frozenset(each for each in listed[:MOST_SKIPPED] if isinstance(each, str))


async def _body(request: Request, most: int) -> bytes | None:
    """Return what was sent, None if it is longer than `most` bytes: then no more is read."""
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > most:
            return None
    return bytes(content)
