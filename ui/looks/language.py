"""The page in a second language: its HTML says so, and Gradio's own words follow.

Gradio takes its words' language from the browser alone. On the path of another language a small script, put
before all others, answers in the browser's place; `lang` of the document tells screen readers how to speak.
"""

import json
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SCRIPT = "<script>Object.defineProperty(navigator,'language',{{get:()=>{code}}});</script>"


class LanguagePages:
    """ASGI middleware: rewrites the HTML of the paths in `languages` (path → BCP 47 code), nothing else."""

    def __init__(self, app: ASGIApp, languages: Mapping[str, str]) -> None:
        self.app = app
        self.languages = languages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        code = self.languages.get(scope["path"]) if scope["type"] == "http" else None
        if code is None:
            await self.app(scope, receive, send)
            return
        await self.app(scope, receive, _Rewriter(send, code))


class _Rewriter:
    """Holds a response back until it is whole, then sends it in the other language."""

    def __init__(self, send: Send, code: str) -> None:
        self._send = send
        self._code = code
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        """Take one message of the response."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = self._translated()
        headers = [
            (name, value) for name, value in self._start["headers"] if name.lower() != b"content-length"
        ]
        headers.append((b"content-length", str(len(body)).encode()))
        await self._send({**self._start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

    def _translated(self) -> bytes:
        if dict(self._start["headers"]).get(b"content-encoding"):
            return self._body
        script = SCRIPT.format(code=json.dumps(self._code)).encode()
        html = self._body.replace(b"<head>", b"<head>" + script, 1)
        return html.replace(b'lang="en"', f'lang="{self._code}"'.encode(), 1)
