"""What can go wrong on the page, and the one place that turns errors into words on it.

PageError                  a sentence a person can act on
├── NothingChosenError     there is no photo, no result or no grade yet
├── UnknownTaskError       no model has that task
├── GoneError              the photo or result is no longer kept
├── StorageError           the data folder cannot be written
├── MismatchError          two pictures do not go together: another size, or another generator
├── NotUploadedError       a file was named that nobody uploaded
├── OwnerOnlyError         a visitor asked for what only the server's owner may do
├── InUseError             a model that is running was to be taken away
└── ServingError           the page cannot be served as it was asked for
"""

import functools
import html
import inspect
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import gradio as gr

from models.errors import ModelsError, StoppedError
from ratings.errors import RatingsError

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class PageError(Exception):
    """Base of all errors that the page raises for something a person can mend."""


class NothingChosenError(PageError):
    """A photo, a result or a grade was expected, and there is none."""


class UnknownTaskError(PageError):
    """No model has the task that was asked for."""

    def __init__(self, task: object, known: Iterable[str]) -> None:
        super().__init__(f"Expected a task, one of {', '.join(known)}; got {ascii(task)[:60]}.")


class GoneError(PageError):
    """The token leads to nothing."""

    def __init__(self) -> None:
        super().__init__(
            "This photo or result is no longer kept here. Choose the photo again, or make the image anew."
        )


class StorageError(PageError):
    """The data folder cannot be written."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(
            f"'{path}' cannot be written: {error.strerror}. Free some space, give write permission, "
            "or set PATINA_DATA_DIR to another folder.",
        )


class MismatchError(PageError):
    """Two pictures do not go together: a reference of another size, a walk between two generators."""


class NotUploadedError(PageError):
    """A request named a file of the server's that is not an upload."""

    def __init__(self) -> None:
        super().__init__("Expected an uploaded photo; got the name of another file. Upload the photo first.")


class OwnerOnlyError(PageError):
    """A visitor asked for what only the owner of the server may do."""

    def __init__(self) -> None:
        super().__init__(
            "Weights are removed on the machine that Patina runs on: open the page there, at 127.0.0.1."
        )


class InUseError(PageError):
    """A model that is running was to be taken away."""

    def __init__(self, model: str) -> None:
        super().__init__(f"'{model}' is running just now. Remove its weights when it is done.")


class ServingError(PageError):
    """The page cannot be served as it was asked for."""


OURS = (PageError, ModelsError, RatingsError)
"""Errors whose message is meant for people."""


def in_words(
    handler: Callable[Arguments, Result],
    title: str,
) -> Callable[Arguments, Result]:
    """Return `handler` made to show our errors as a message headed `title`, and never a traceback."""
    if inspect.isgeneratorfunction(handler):
        return _generator_in_words(handler, title)

    @functools.wraps(handler)
    def handle(*arguments: Arguments.args, **named: Arguments.kwargs) -> Result:
        try:
            return handler(*arguments, **named)
        except StoppedError as error:
            gr.Info(str(error))
            return cast("Result", gr.skip())
        except OURS as error:
            raise as_message(error, title) from error
        except OSError as error:
            raise as_message(_disk_trouble(error), title) from error

    return handle


def _generator_in_words(handler: Callable[Arguments, Any], title: str) -> Callable[Arguments, Any]:
    @functools.wraps(handler)
    def handle(*arguments: Arguments.args, **named: Arguments.kwargs) -> Iterator[Any]:
        try:
            yield from handler(*arguments, **named)
        except StoppedError as error:
            gr.Info(str(error))
            yield gr.skip()
        except OURS as error:
            raise as_message(error, title) from error
        except OSError as error:
            raise as_message(_disk_trouble(error), title) from error

    return handle


def _disk_trouble(error: OSError) -> StorageError:
    """Return the sentence for a disk that failed at a place where it seldom does."""
    return StorageError(Path(error.filename or "The data folder"), error)


def as_message(error: Exception, title: str) -> gr.Error:
    """Return the Gradio error that shows `error`'s sentence; nothing of it goes to the log."""
    return gr.Error(html.escape(str(error), quote=False), title=title, duration=12, print_exception=False)
