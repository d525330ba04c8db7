"""A server with an administrator's password, and answers of a few people in its database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from ratings.raters import new_token, rater_id
from ratings.records import LICENCE, Result
from ratings.store import Store

PASSWORD = "open sesame"  # noqa: S105 (of a test's own server)

MADE = Result(
    task="denoise",
    model="denoise-median",
    version=1,
    weights_sha256=None,
    settings={"size": 3},
    default_settings=True,
    input_sha256="1" * 64,
    output_sha256="2" * 64,
    input_name="harbour",
    app_version="0.1.0",
    device="cpu",
    seconds=0.25,
)


@dataclass(frozen=True, slots=True)
class Guarded:
    """A server, what opens it, and its database."""

    url: str
    password: str
    secret: bytes
    store: Store

    def rater(self) -> tuple[str, str]:
        """Let somebody new rate a result; return the browser's token and the pseudonym."""
        token = new_token(self.secret)
        pseudonym = rater_id(self.secret, token)
        assert pseudonym
        self.rate(pseudonym)
        return token, pseudonym

    def rate(self, rater: str) -> None:
        """Let `rater` rate a result."""
        self.store.rate(self.store.remember(MADE), rater, 2, ["halo"], "Soft.", accepted_licence=LICENCE)


@pytest.fixture(scope="module")
def guarded(own_server: Callable[..., object]) -> Iterator[Guarded]:
    server = own_server(extra={"PATINA_ADMIN_PASSWORD": PASSWORD})
    with Store.open(f"sqlite:///{server.data_dir / 'patina.db'}") as store:
        yield Guarded(server.url, PASSWORD, (server.data_dir / "secret").read_bytes(), store)
