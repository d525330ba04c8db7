"""A small Hub: it speaks the Hub's protocol to the real client, and misbehaves when it is told to."""

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

PAGE = b"<!doctype html><title>Sign in to the hotel's network</title>"
ERRORS = {
    "token": (401, ""),
    "gated": (403, "GatedRepo"),
    "no-repository": (404, "RepoNotFound"),
    "no-revision": (404, "RevisionNotFound"),
    "no-file": (404, "EntryNotFound"),
    "busy": (429, ""),
    "fault": (500, ""),
}


@dataclass(frozen=True)
class Stored:
    body: bytes
    revision: str
    etag: str
    lfs: bool


@dataclass
class LocalHub:
    """A Hub with the files that were `add`ed; `requests` are those it got, `tokens` what each brought.

    With `redirects`, bodies come from another host, as those of large files do on the real one.

    `misbehave(how, part)` takes a key of ERRORS or slow, cut, drip, flip, page, stranger; None ends it.

    `part` "head" or "body" says which of the client's two questions is answered so; "both" is the default.
    """

    server: ThreadingHTTPServer
    files: dict[tuple[str, str], Stored] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    redirects: bool = False
    how: str | None = None
    part: str = "both"
    calm: threading.Event = field(default_factory=threading.Event)
    began: threading.Event = field(default_factory=threading.Event)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def add(self, repo: str, file: str, body: bytes, kind: str = "model", *, lfs: bool = True):
        """Keep a file; return its revision and SHA-256."""
        sha256 = hashlib.sha256(body).hexdigest()
        revision = hashlib.sha1(f"{kind} {repo}".encode(), usedforsecurity=False).hexdigest()
        git = hashlib.sha1(b"blob %d\0" % len(body) + body, usedforsecurity=False).hexdigest()
        name = repo if kind == "model" else f"{kind}s/{repo}"
        self.files[name, file] = Stored(body, revision, sha256 if lfs else git, lfs)
        return revision, sha256

    def misbehave(self, how: str | None, part: str = "both") -> None:
        self.how, self.part = how, part
        self.began.clear()
        if how is None:
            self.calm.set()
        else:
            self.calm.clear()

    def downloads(self) -> int:
        return sum(method == "GET" for method, _ in self.requests)


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: LocalHub

    def log_message(self, format, *arguments):  # noqa: A002 # the base class calls it so
        pass

    def do_HEAD(self):
        self.answer("head")

    def do_GET(self):
        self.answer("body")

    def answer(self, part: str) -> None:
        path = unquote(urlsplit(self.path).path).strip("/")
        self.hub.requests.append((self.command, path))
        self.hub.tokens.append(self.headers.get("Authorization"))
        how = self.hub.how if self.hub.part in (part, "both") else None
        if how in ERRORS:
            self.refuse(*ERRORS[how])
        elif how == "slow":
            self.hub.began.set()
            self.hub.calm.wait(30)
            self.close_connection = True
        elif how == "stranger":
            self.send(200, PAGE, {"Content-Type": "text/html"})
        elif path.startswith("api/"):
            self.describe(path)
        else:
            self.serve(path, how)

    def describe(self, path: str) -> None:
        """/api/models/REPO[/revision/REV] and /api/spaces/REPO."""
        _, kinds, rest = path.split("/", 2)
        repo, _, revision = rest.partition("/revision/")
        name = repo if kinds == "models" else f"{kinds}/{repo}"
        files = {file: stored for (owner, file), stored in self.hub.files.items() if owner == name}
        known = {"main", ""} | {stored.revision for stored in files.values()}
        if not files or revision not in known:
            self.refuse(404, "RevisionNotFound" if files else "RepoNotFound")
            return
        siblings = [
            {"rfilename": file, "size": len(stored.body), "blobId": "0" * 40}
            | (
                {"lfs": {"sha256": stored.etag, "size": len(stored.body), "pointerSize": 134}}
                if stored.lfs
                else {}
            )
            for file, stored in files.items()
        ]
        sha = next(iter(files.values())).revision
        self.send(200, json.dumps({"id": repo, "sha": sha, "siblings": siblings}).encode(), {})

    def serve(self, path: str, how: str | None) -> None:
        name, _, rest = path.partition("/resolve/")
        revision, _, file = rest.partition("/")
        stored = self.hub.files.get((name.removeprefix("elsewhere/"), file))
        if stored is None or revision not in (stored.revision, "main"):
            self.refuse(404, "EntryNotFound" if stored is None else "RevisionNotFound")
            return
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        body = stored.body[start:]
        headers = {
            "X-Repo-Commit": stored.revision,
            "ETag": f'"{stored.etag}"',
            "X-Linked-Etag": f'"{stored.etag}"',
            "X-Linked-Size": str(len(stored.body)),
            "Accept-Ranges": "bytes",
        }
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(stored.body) - 1}/{len(stored.body)}"
        if self.hub.redirects and not name.startswith("elsewhere/"):
            other = self.hub.endpoint.replace("127.0.0.1", "localhost")
            self.send(302, b"", headers | {"Location": f"{other}/elsewhere/{path}"})
            return
        self.send(206 if start else 200, changed(body, how), headers, how)

    def send(self, status: int, body: bytes, headers: dict[str, str], how: str | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if how in ("cut", "drip"):
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.hub.began.set()
            self.close_connection = True
            while how == "drip" and not self.hub.calm.wait(0.1):
                self.wfile.write(b"x")
        else:
            self.wfile.write(body)

    def refuse(self, status: int, code: str) -> None:
        self.send(status, b"", {"X-Error-Code": code, "Retry-After": "60"} if code else {"Retry-After": "60"})


def changed(body: bytes, how: str | None) -> bytes:
    if how == "flip":
        middle = len(body) // 2
        return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]
    if how == "page":
        return PAGE.ljust(len(body))[: len(body)]
    return body


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that is killed in the middle is no news."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LocalHub]:
    """A Hub of one's own at `hub.endpoint`, with an empty cache, no token, and online."""
    server = Server(("127.0.0.1", 0), type("Bound", (Answer,), {}))
    local = LocalHub(server)
    server.RequestHandlerClass.hub = local
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub-cache"))
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub-home"))
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HUB_OFFLINE", "HF_ENDPOINT", "HF_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    yield local
    local.calm.set()
    server.shutdown()
    thread.join()
    server.server_close()
