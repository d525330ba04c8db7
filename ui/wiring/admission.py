"""Who may use the administrator's page: asked anew in every handler, whichever way it was called.

Gradio answers whoever calls a handler, also one that is on no page and has no name, so that hiding a button
protects nothing. `Admission.guarded` makes the session the first thing a handler is given and looks at.

The session is a token in the browser's own storage (`gr.BrowserState`), sent in the body of each call. No
cookie holds it, so another site's page cannot make the browser send it (CSRF), and the page works inside a
frame of another site, as on a Space. A script that ran on this page could read it (XSS): all text that is
shown is escaped, the page loads no script of others, and a session ends by itself after twelve hours, at
log-out, or when the password is changed. `gr.State` was not chosen: the server finds it by a number that the
browser draws with Math.random, which is no secret. The encryption that BrowserState speaks of has a fixed
key here, and protects nothing.
"""

from collections.abc import Callable
from inspect import isgeneratorfunction
from typing import Any

import gradio as gr

from ratings.administration.admission import Sessions
from ratings.errors import LockedOutError, NotAdmittedError, WrongPasswordError
from ui.errors import in_words
from ui.words import Words

KEY = "patina-administration"
"""Name and key of what the browser keeps: both fixed, or a restart would end every session."""


class Admission:
    """The door of one page, in the words of its language. Make it inside the page's Blocks.

    `session` is the component to pass first to every handler that `guarded` returned.
    """

    def __init__(self, sessions: Sessions, words: Words) -> None:
        self.session = gr.BrowserState("", storage_key=KEY, secret=KEY)
        self._sessions = sessions
        self._words = words

    def guarded(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        """Return `handler` behind the door: it takes the session first, then what `handler` takes.

        Without a session that holds it shows an error, and `handler` is not called.
        """
        assert not isgeneratorfunction(handler), "a generator would be looked at after it was let in"

        def handle(session: object = None, *arguments: Any) -> Any:
            self._require(session)
            return handler(*arguments)

        handle.__name__ = handler.__name__
        return in_words(handle, self._words("error.title"))

    def if_admitted(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        """Return `handler` behind the door, which silently changes nothing for those outside."""
        assert not isgeneratorfunction(handler), "a generator would be looked at after it was let in"

        def handle(session: object = None, *arguments: Any) -> Any:
            try:
                self._sessions.require(session)
            except NotAdmittedError:
                return gr.skip()
            return handler(*arguments)

        handle.__name__ = handler.__name__
        return in_words(handle, self._words("error.title"))

    def log_in(self, password: str, earlier: object) -> tuple[str, str]:
        """Return a new session for the browser, and the emptied field.

        Raises NotAdmittedError in the page's words: a wrong password, or until when to wait.
        """
        try:
            return self._sessions.begin(password, earlier), ""
        except LockedOutError as error:
            until = f"{error.until:%Y-%m-%d %H:%M:%S}"
            raise NotAdmittedError(self._words("administration.locked_out", until=until)) from error
        except WrongPasswordError as error:
            raise NotAdmittedError(self._words("administration.wrong_password")) from error

    def log_out(self, session: object) -> None:
        """End a session. Its token stays in the browser: it still tells that this browser is known."""
        self._require(session)
        self._sessions.end(session)

    def _require(self, session: object) -> None:
        try:
            self._sessions.require(session)
        except NotAdmittedError as error:
            raise NotAdmittedError(self._words("administration.not_admitted")) from error
