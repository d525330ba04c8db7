"""A small Hub that keeps a dataset with its history: it takes the real client's commits, and misbehaves."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

REPO = "someone/ratings"
LARGE = 200_000
"""Files of at least so many bytes go the way of large ones (LFS)."""

Tree = dict[str, bytes]


@dataclass
class DatasetHub:
    """`history` has each revision's files, newest last; empty until the dataset is made.

    `trouble` maps a part of a path to what happens to requests that have it: a status, "slow" (no answer
    until `calm`), "cut" (the connection ends before anything is done), "deaf" (it is done, never answered).
    `at_commit` is called with the number of the commit before it is looked at.
    """

    server: ThreadingHTTPServer
    history: list[tuple[str, Tree]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    tokens: set[str | None] = field(default_factory=set)
    trouble: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)
    calm: threading.Event = field(default_factory=threading.Event)
    turn: threading.Lock = field(default_factory=threading.Lock)
    at_commit: Any = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def files(self) -> Tree:
        return self.history[-1][1] if self.history else {}

    def make(self) -> None:
        if not self.history:
            self.put({".gitattributes": b""})

    def put(self, tree: Tree) -> str:
        """Add a revision, as somebody else's commit would."""
        revision = hashlib.sha1(repr((len(self.history), sorted(tree.items()))).encode()).hexdigest()  # noqa: S324
        self.history.append((revision, tree))
        return revision

    def rows(self, folder: str = "data") -> list[dict[str, Any]]:
        """The answers, or what is in another folder, in the newest revision."""
        return [
            json.loads(line)
            for name, body in sorted(self.files.items())
            if name.startswith(f"{folder}/")
            for line in body.splitlines()
        ]


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: DatasetHub

    def log_message(self, format, *arguments):  # noqa: A002 # the base class calls it so
        pass

    def do_GET(self):
        self.take(self.get)

    def do_HEAD(self):
        self.take(self.get)

    def do_POST(self):
        self.take(self.post)

    def do_PUT(self):
        self.take(self.upload)

    def take(self, answer) -> None:
        path = unquote(urlsplit(self.path).path).strip("/")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.hub.requests.append(f"{self.command} {path}")
        self.hub.tokens.add(self.headers.get("Authorization"))
        how = next((how for part, how in self.hub.trouble.items() if part in path), None)
        if isinstance(how, int):
            self.reply({}, how)
        elif how == "slow":
            self.hub.calm.wait(30)
            self.close_connection = True
        elif how == "cut":
            self.close_connection = True
        elif how == "deaf":
            self.wfile = BytesIO()
            answer(path, body)
            self.close_connection = True
        else:
            answer(path, body)

    def get(self, path: str, _body: bytes) -> None:
        if path.startswith(f"datasets/{REPO}/resolve/"):
            self.serve(path.removeprefix(f"datasets/{REPO}/resolve/"))
            return
        rest = path.removeprefix(f"api/datasets/{REPO}")
        if rest == path or not self.hub.history:
            self.refuse("RepoNotFound")
        elif rest.startswith("/tree/"):
            self.tree(rest.removeprefix("/tree/"))
        else:
            self.describe(rest.removeprefix("/revision/"))

    def describe(self, wanted: str) -> None:
        revision, tree = self.revision(wanted or "main")
        siblings = [
            {"rfilename": name, "size": len(body), "blobId": blob(body)} for name, body in tree.items()
        ]
        self.reply({"id": REPO, "sha": revision, "siblings": siblings})

    def tree(self, wanted: str) -> None:
        _, tree = self.revision(wanted.partition("/")[0])
        self.reply(
            [
                {"type": "file", "path": name, "size": len(body), "oid": blob(body)}
                for name, body in tree.items()
            ]
        )

    def serve(self, wanted: str) -> None:
        revision, _, name = wanted.partition("/")
        revision, tree = self.revision(revision)
        if name not in tree:
            self.refuse("EntryNotFound")
            return
        body = tree[name]
        headers = {
            "X-Repo-Commit": revision,
            "ETag": f'"{blob(body)}"',
            "X-Linked-Etag": f'"{blob(body)}"',
            "X-Linked-Size": str(len(body)),
        }
        self.send(200, body, headers)

    def revision(self, wanted: str) -> tuple[str, Tree]:
        return next((each for each in self.hub.history if each[0] == wanted), self.hub.history[-1])

    def post(self, path: str, body: bytes) -> None:
        if path == "api/repos/create":
            self.hub.make()
            self.reply({"url": f"{self.hub.endpoint}/datasets/{REPO}"})
        elif path == "api/validate-yaml":
            assert json.loads(body)["repoType"] == "dataset"
            self.reply({"errors": [], "warnings": []})
        elif path == f"api/datasets/{REPO}/preupload/main":
            self.reply({"files": [self.mode(file) for file in json.loads(body)["files"]]})
        elif path == f"datasets/{REPO}.git/info/lfs/objects/batch":
            offers = [
                {**asked, "actions": {"upload": {"href": f"{self.hub.endpoint}/upload/{asked['oid']}"}}}
                for asked in json.loads(body)["objects"]
            ]
            self.reply({"transfer": "basic", "objects": offers})
        elif path == f"api/datasets/{REPO}/commit/main":
            self.commit([json.loads(line) for line in body.splitlines()])
        elif path == f"api/datasets/{REPO}/super-squash/main":
            self.hub.history[:] = self.hub.history[-1:]
            self.reply({})
        else:
            self.refuse("RepoNotFound")

    def upload(self, path: str, body: bytes) -> None:
        digest = hashlib.sha256(body).hexdigest()
        assert path == f"upload/{digest}"
        self.hub.uploads[digest] = body
        self.reply({})

    def mode(self, file: dict[str, Any]) -> dict[str, Any]:
        name = file["path"]
        known = self.hub.files.get(name)
        return {
            "path": name,
            "uploadMode": "lfs" if file["size"] >= LARGE else "regular",
            "shouldIgnore": False,
            "oid": None if known is None else blob(known),
        }

    def commit(self, lines: list[dict[str, Any]]) -> None:
        """Commit as the Hub does: upon the parent that is named, or not at all."""
        if self.hub.at_commit:
            self.hub.at_commit(len(self.hub.messages))
        header = lines[0]["value"]
        with self.hub.turn:
            head, tree = self.hub.history[-1]
            if header.get("parentCommit", head) != head:
                self.reply({"error": "A commit has happened since. Please refresh and try again."}, 412)
                return
            files = dict(tree)
            for line in lines[1:]:
                self.change(files, line["key"], line["value"])
            revision = self.hub.put(files)
            self.hub.messages.append(header["summary"])
        self.reply(
            {"commitUrl": f"{self.hub.endpoint}/datasets/{REPO}/commit/{revision}", "commitOid": revision}
        )

    def change(self, files: Tree, key: str, told: dict[str, Any]) -> None:
        if key == "deletedFile":
            del files[told["path"]]
        elif key == "lfsFile":
            files[told["path"]] = self.hub.uploads[told["oid"]]
        else:
            assert key == "file"
            files[told["path"]] = base64.b64decode(told["content"])

    def refuse(self, code: str) -> None:
        self.send(404, b"", {"X-Error-Code": code})

    def reply(self, told: object, status: int = 200) -> None:
        self.send(status, json.dumps(told).encode(), {"Content-Type": "application/json"})

    def send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that is killed in the middle is no news."""


def blob(body: bytes) -> str:
    """The name Git gives to a file of this content."""
    return hashlib.sha1(b"blob %d\0" % len(body) + body, usedforsecurity=False).hexdigest()


@contextmanager
def serving() -> Iterator[DatasetHub]:
    server = Server(("127.0.0.1", 0), type("Bound", (Answer,), {}))
    hub = DatasetHub(server)
    server.RequestHandlerClass.hub = hub
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        hub.calm.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def dataset_hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[DatasetHub]:
    """A Hub that keeps one dataset; the real client talks to it, with a token of its own."""
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub-cache"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub-home"))
    monkeypatch.setenv("HF_TOKEN", "hf_mine")
    for name in ("HF_HUB_OFFLINE", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    with serving() as hub:
        yield hub
