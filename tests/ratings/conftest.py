import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from ratings.records import Result
from ratings.store import Store

ROOT = Path(__file__).parents[2]

A_RESULT = Result(
    task="denoise",
    model="denoise-median",
    version=1,
    weights_sha256=None,
    settings={"size": 3, "strength": 0.5, "mode": "soft", "fast": False},
    default_settings=True,
    input_sha256="1" * 64,
    output_sha256="2" * 64,
    input_name="harbour",
    app_version="0.1.0",
    device="cpu",
    seconds=0.25,
)


@pytest.fixture
def result() -> Result:
    return A_RESULT


@pytest.fixture
def another() -> Callable[..., Result]:
    """A result that differs from `result` in what the test names."""

    def make(**changes: object) -> Result:
        return replace(A_RESULT, **changes)

    return make


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/patina.db"


@pytest.fixture
def store(url: str, empty_file: Path) -> Iterator[Store]:
    shutil.copy(empty_file, make_url(url).database or "")
    with Store.open(url) as opened:
        yield opened


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_new_url(request: pytest.FixtureRequest, url: str) -> Iterator[str]:
    """A new database of each kind, without a schema."""
    if request.param == "sqlite":
        yield url
        return
    with _database(request.getfixturevalue("postgres_url")) as address:
        yield address


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """The name of a PostgreSQL database of the newest schema, with nothing in it."""
    with _database(postgres_url) as address:
        Store.open(address).close()
        yield make_url(address).database or ""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_url(request: pytest.FixtureRequest, url: str, empty_file: Path) -> Iterator[str]:
    """A database of each kind of the newest schema, with nothing in it: a copy, which is quicker to make."""
    if request.param == "sqlite":
        shutil.copy(empty_file, make_url(url).database or "")
        yield url
        return
    template: str = request.getfixturevalue("postgres_template")
    with _database(request.getfixturevalue("postgres_url"), template) as address:
        yield address


@pytest.fixture
def any_store(any_url: str) -> Iterator[Store]:
    with Store.open(any_url) as opened:
        yield opened


@contextmanager
def _database(server: str, template: str = "template1") -> Iterator[str]:
    """Make a database on a PostgreSQL server as a copy of `template`, give its URL, and drop it."""
    engine, name = create_engine(server, isolation_level="AUTOCOMMIT"), f"patina_{secrets.token_hex(6)}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment for a Python of its own that can import the rooms."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PATINA_")}
    return {**kept, "PYTHONPATH": str(ROOT)}
