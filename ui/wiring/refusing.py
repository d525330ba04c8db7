"""What the scripts of pages ask over plain HTTP, and what they are told when it cannot be done.

A refusal is JSON: a code for the script, and a sentence for people.
"""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from models.errors import ModelsError
from ratings.errors import (
    AnsweredError,
    ExpiredError,
    ForgottenError,
    FullError,
    NotBlindError,
    NotLastError,
    NotNowError,
    RatingsError,
    StoreError,
    TooManyError,
    UnknownDealError,
    UnknownMarkError,
    UnknownStudyError,
)
from ui.errors import GoneError, PageError, StorageError

BROWSER = "X-Patina-Browser"
"""The header in which a page tells its browser's own token."""

LONGEST_BODY = 4096
"""Bytes; what a script sends is far less, unless it says otherwise."""

STATUS: dict[type[Exception], HTTPStatus] = {
    GoneError: HTTPStatus.NOT_FOUND,
    UnknownMarkError: HTTPStatus.NOT_FOUND,
    UnknownDealError: HTTPStatus.NOT_FOUND,
    UnknownStudyError: HTTPStatus.NOT_FOUND,
    AnsweredError: HTTPStatus.CONFLICT,
    NotLastError: HTTPStatus.CONFLICT,
    NotBlindError: HTTPStatus.CONFLICT,
    NotNowError: HTTPStatus.CONFLICT,
    FullError: HTTPStatus.CONFLICT,
    ExpiredError: HTTPStatus.GONE,
    ForgottenError: HTTPStatus.GONE,
    TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageError: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""What a fault is in HTTP's terms; every other one is a bad request."""


async def read_body(request: Request, longest: int = LONGEST_BODY) -> dict[str, Any] | None:
    """Return the JSON object that was sent, None if it is none, or longer than `longest` bytes."""
    content = bytearray()
    try:
        async for piece in request.stream():
            content += piece
            if len(content) > longest:
                return None
        told = json.loads(content)
    except (ClientDisconnect, ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", told) if isinstance(told, dict) else None


def bad_body() -> Response:
    """Return the refusal of a body that is no small JSON object."""
    return refused("bad-rating", "Expected a small JSON object.", HTTPStatus.BAD_REQUEST)


async def answered(work: Callable[[], Response]) -> Response:
    """Return what `work` answers, done in a thread; or why it could not."""
    try:
        return await run_in_threadpool(work)
    except (RatingsError, PageError, ModelsError) as error:
        status = next((STATUS[kind] for kind in STATUS if isinstance(error, kind)), HTTPStatus.BAD_REQUEST)
        return refused(code(error), str(error), status)
    except OSError:
        sentence = "The server's disk cannot be used just now. Try again later."
        return refused("store", sentence, HTTPStatus.SERVICE_UNAVAILABLE)


def refused(slug: str, sentence: str, status: HTTPStatus) -> Response:
    """Return a refusal."""
    return JSONResponse({"code": slug, "error": sentence}, status)


def code(error: Exception) -> str:
    """Return what an error is called in an answer.

    >>> code(TooManyError())
    'too-many'
    """
    name = type(error).__name__.removesuffix("Error")
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")
