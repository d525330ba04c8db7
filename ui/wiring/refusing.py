"""What went wrong in a plain route, as JSON: a code for the page's script, a sentence for people."""

from collections.abc import Callable
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from models.errors import ModelsError
from ratings.errors import RatingsError, StoreError, TooManyError, UnknownMarkError
from ui.errors import GoneError, PageError, StorageError

STATUS: dict[type[Exception], HTTPStatus] = {
    GoneError: HTTPStatus.NOT_FOUND,
    UnknownMarkError: HTTPStatus.NOT_FOUND,
    TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageError: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""What a fault is in HTTP's terms; every other one is a bad request."""


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
